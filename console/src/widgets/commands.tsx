/** What the page shows or does, as a command and as a call of the API. */
export const Commands = ({ lines }: { lines: readonly string[] }) => (
  <details className="commands">
    <summary>As a command</summary>
    <pre>{lines.join('\n')}</pre>
  </details>
);

/** A call of the API as curl sends it, with the address of this console. */
export const curl = (method: 'GET' | 'POST', path: string, body?: object): string => {
  const parts = ['curl', ...(method === 'GET' ? [] : ['-X', method]), '-H "Authorization: Bearer $ATTUNE_TOKEN"'];
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
  return [...parts, quoted(new URL(path, window.location.origin).href)].join(' ');
};

/** A word of a shell's command line that stands for itself. */
const quoted = (text: string): string => (/^[\w.:/@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
