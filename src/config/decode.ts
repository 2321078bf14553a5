/** A text read strictly, or what is wrong with its bytes; `line` counts from 1. */
export type Decoded =
  | { readonly text: string; readonly hadMark: boolean }
  | { readonly flaw: string; readonly line: number | null; readonly marked: EncodingName | null };

/** The encodings a table may be in, by their names on the web (WHATWG Encoding). */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-2', 'iso-8859-15'] as const;
export type EncodingName = (typeof encodings)[number];

/** Decodes bytes without ever replacing what does not fit; a byte order mark at the beginning is removed. */
export const decode = (bytes: Uint8Array, encoding: EncodingName = 'utf-8'): Decoded => {
  const marked = markOf(bytes);
  if (marked !== null && marked !== encoding) {
    return {
      flaw: `its first bytes mark it as ${marked.toUpperCase()}, not ${encoding.toUpperCase()}`,
      line: null,
      marked,
    };
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    const text = decoder.decode(bytes);
    if (!text.includes('\u0000')) return { text, hadMark: marked !== null };
    return { flaw: 'it contains bytes that are not text', line: lineOf(text, text.indexOf('\u0000')), marked: null };
  } catch {
    return { flaw: `it is not ${encoding.toUpperCase()}`, line: firstBrokenLine(bytes, encoding), marked: null };
  }
};

const markOf = ([first, second, third]: Uint8Array): EncodingName | null => {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
};

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** The first line that does not fit; unknown if a line feed takes more than one byte. */
const firstBrokenLine = (bytes: Uint8Array, encoding: EncodingName): number | null => {
  if (encoding.startsWith('utf-16')) return null;
  const decoder = new TextDecoder(encoding, { fatal: true });
  let begin = 0;
  for (let line = 1; begin <= bytes.length; line += 1) {
    const found = bytes.indexOf(0x0a, begin);
    const end = found === -1 ? bytes.length : found;
    try {
      decoder.decode(bytes.subarray(begin, end));
    } catch {
      return line;
    }
    begin = end + 1;
  }
  return null;
};
