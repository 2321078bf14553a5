/** How German umlauts are spelled without their dots: `ue` as names are in Germany and Austria, `u` as elsewhere. */
export type Umlauts = 'plain' | 'german';

/** Letters that are no other letter with a mark, and so are not taken apart by Unicode's own rules. */
const letters: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd' },
  ...{
    Ð: 'D',
    þ: 'th',
    Þ: 'TH',
    ı: 'i',
    ħ: 'h',
    Ħ: 'H',
    ŋ: 'n',
    Ŋ: 'N',
    ĸ: 'k',
    ŧ: 't',
    Ŧ: 'T',
    ſ: 's',
    ŀ: 'l',
    Ŀ: 'L',
  },
  ...{ '\u2018': "'", '\u2019': "'", '\u201a': "'", '\u201c': '"', '\u201d': '"', '\u201e': '"', '\u2013': '-' },
  ...{ '\u2014': '-', '\u2010': '-', '\u2011': '-', '\u2026': '...', '\u00a0': ' ', '\u202f': ' ' },
};

const german: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue' };

/**
 * A text in the letters a to z, where it is written in Latin letters at all: marks go, `ł` becomes l and `ß` ss. What has
 * no plain letter (Greek, Cyrillic, Arabic ...) stays as it is: nothing is guessed.
 */
export const plainLetters = (text: string, umlauts: Umlauts = 'plain'): string => {
  const whole = [...text.normalize('NFC')];
  return whole.map((letter, at) => plainLetter(letter, umlauts, whole[at + 1] ?? whole[at - 1] ?? '')).join('');
};

const plainLetter = (letter: string, umlauts: Umlauts, beside: string): string => {
  const spelled = (umlauts === 'german' ? german[letter] : undefined) ?? letters[letter];
  if (spelled !== undefined)
    return spelled.length > 1 && isCapital(beside) ? spelled.toUpperCase() : cased(letter, spelled);
  const base = letter.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return /^[\u0020-\u007e]+$/.test(base) ? base : letter;
};

/** A capital of two letters has one capital, unless it stands among capitals. */
const cased = (letter: string, spelled: string): string =>
  isCapital(letter) && spelled.length > 1 ? spelled.slice(0, 1) + spelled.slice(1).toLowerCase() : spelled;

const isCapital = (letter: string): boolean => letter !== letter.toLowerCase();
