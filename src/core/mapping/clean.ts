/** Characters that XML 1.0, and with it a product's page or backup, cannot hold; tab and line feed are allowed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to leave out
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;

/** A text as every target gives it back: whole characters, lines ended by line feeds, nothing unprintable. */
export const clean = (value: string): string =>
  value.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(unprintable, '');
