import type { ValueRule } from '../profile.ts';

/** Whether a value is within a target's rule. */
export const fits = (value: string, rule: ValueRule): boolean => lengthOf(value, rule) <= rule.maxLength;

/** The longest beginning of a value that a target can hold, cut between characters. */
export const cut = (value: string, rule: ValueRule): string => {
  const quotes = lengthOf('', rule);
  let used = quotes;
  let kept = '';
  for (const character of value) {
    used += lengthOf(character, rule) - quotes;
    if (used > rule.maxLength) break;
    kept += character;
  }
  return kept.trimEnd();
};

const lengthOf = (value: string, { unit }: ValueRule): number => {
  if (unit === 'characters') return value.length;
  return bytesOf(unit === 'bytes' ? value : JSON.stringify(value));
};

/** Bytes of UTF-8, counted here because the core knows no runtime. */
const bytesOf = (value: string): number => {
  let bytes = 0;
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
};
