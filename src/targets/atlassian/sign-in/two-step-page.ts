import { readPage } from '../markup.ts';

const codeField = /^(totp|otp|tsv|2sv|mfa)|(totp|otp|mfa|verification).?code$/i;

/**
 * Whether a page asks for the code of two-step verification: a field for it, by its name or by what browsers fill into it
 * (`autocomplete="one-time-code"`), or the part of the newer login that draws one (`data-tsv-step="code"`). What these pages look like is in no public document, so only plain names are looked for.
 */
export const isTwoStepPage = (html: string): boolean => {
  if (!/^\s*</.test(html) || !/otp|tsv|2sv|mfa|verification|one-time-code/i.test(html)) return false;
  const { root } = readPage(html, 'a page', '');
  const fields = root.querySelectorAll('input').flatMap((input) => [input.getAttribute('name'), input.id]);
  return (
    fields.some((name) => name !== undefined && codeField.test(name)) ||
    root.querySelector('[data-tsv-step="code"], input[autocomplete~="one-time-code"]') !== null
  );
};
