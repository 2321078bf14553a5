import { foldKey } from '../../core/people/match.ts';

/**
 * Says whether a username is never written to. `*` matches any text; case is ignored. The account Attune signs in with
 * (`own`, where it has a name) is always one.
 */
export const neverWritten = (never: readonly string[], own: string | null): ((username: string) => boolean) => {
  const patterns = [...never, ...(own === null ? [] : [own.replaceAll('*', '')])].map(globParts);
  return (username) => patterns.some((parts) => fits(parts, foldKey(username)));
};

const globParts = (pattern: string): readonly string[] => foldKey(pattern).split('*');

/** Walks the parts left to right: no regular expression, so a pattern cannot take long. */
const fits = (parts: readonly string[], text: string): boolean => {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return text === first;
  const last = rest.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
};
