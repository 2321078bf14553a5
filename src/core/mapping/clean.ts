/** Characters that XML 1.0, and with it a product's page or backup, cannot hold; tab and line feed are allowed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to leave out
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;

/** What takes no room and says nothing: spaces of no width, marks of byte order and of direction, joiners. */
const invisible = /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;

/** Text of printable ASCII alone that begins with something to see: the most common by far, and clean as it is. */
const plain = /^[!-~][ -~]*$/;

/** Whether nothing of a text can be seen: such a text is no value, and no key an account is found by. */
export const isBlank = (text: string): boolean => !plain.test(text) && text.replaceAll(invisible, '').trim() === '';

/** Left out anywhere; joiners stay, since scripts and pictures are made with them. */
const noText = /[\u200B\u2060\uFEFF]/g;

/** A text as every target gives it back: whole characters, lines ended by line feeds, nothing unprintable or without width. */
export const clean = (value: string): string => (plain.test(value) ? value : cleaned(value));

const cleaned = (value: string): string =>
  value.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(unprintable, '').replaceAll(noText, '');
