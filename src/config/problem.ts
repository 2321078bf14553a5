/** One thing wrong in a document: where, what, and what would be right. */
export type Problem = {
  readonly severity: 'error' | 'warning';
  /** The place in the document, such as `connectors[0].to[1].attributes[2].from`. */
  readonly path: string;
  readonly line?: number;
  readonly message: string;
  readonly remedy: string;
};

/** A place in a document as its parsers give it. */
export type Place = readonly PropertyKey[];

/** A problem before its line is known. */
export type Finding = Omit<Problem, 'path' | 'line'> & { readonly place: Place };

/** A place as an admin reads it. */
export const pathText = (place: Place): string =>
  place.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`),
    '',
  );

/** A finding that keeps a document from being used. */
export const wrong = (place: Place, message: string, remedy: string): Finding => ({
  severity: 'error',
  place,
  message,
  remedy,
});

/** A finding that should be looked at and keeps nothing from being used. */
export const doubtful = (place: Place, message: string, remedy: string): Finding => ({
  severity: 'warning',
  place,
  message,
  remedy,
});

/** All problems as an admin reads them: where, what, and what would be right. */
export const problemsText = (problems: readonly Problem[]): string =>
  problems
    .flatMap(({ severity, path, line, message, remedy }) => [
      `${severity} at ${path === '' ? 'the document' : path}${line === undefined ? '' : ` (line ${line})`}: ${message}`,
      `  ${remedy}`,
    ])
    .join('\n');
