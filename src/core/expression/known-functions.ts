/** What a function takes: JSONata's signatures (its documentation, Signature syntax), as its parts are handed over. */
export type Parameters = {
  /** One entry per parameter: the types it takes, as letters of the signature. */
  readonly types: readonly string[];
  /** How many must be given if nothing replaces the first, and if the value before the dot does. */
  readonly least: number;
  readonly leastAfterDot: number;
  readonly most: number;
};

/** Every function of JSONata 2.2 with its signature; `$is`, `$ascii` and lists for one text are ours (functions.ts). */
const signatures = [
  'sum a / count a / max a / min a / average a / string x-b? / substring s-nn? / substringBefore s-s / substringAfter s-s',
  'lowercase s- / uppercase s- / length s- / trim s- / pad s-ns? / match s-fn? / contains s-(sf) / replace s-(sf)(sf)n?',
  'split s-(sf)n? / join as? / formatNumber n-so? / formatBase n-n? / formatInteger n-s / parseInteger s-s / number (nsb)-',
  'floor n- / ceil n- / round n-n? / abs n- / sqrt n- / power n-n / random / boolean x- / not x- / map af / zip a+',
  'filter af / single af? / reduce afj? / sift o-f? / keys x- / lookup x-s / append xx / exists x / spread x- / merge a',
  'reverse a / each o-f / error s? / assert bs? / type x / sort af? / shuffle a / distinct x / base64encode s-',
  'base64decode s- / encodeUrlComponent s- / encodeUrl s- / decodeUrlComponent s- / decodeUrl s- / eval sx? / toMillis s-s?',
  'fromMillis n-s?s? / clone (oa)- / now s?s? / millis / is jj / ascii s-s?',
].flatMap((line) => line.split(' / '));

const parametersOf = (signature: string): Parameters => {
  const parts = [...signature.matchAll(/(\([a-z]+\)|[a-z])([-?+]?)/g)].map(([, types = '', mark = '']) => ({
    types,
    mark,
  }));
  return {
    types: parts.map(({ types }) => types.replaceAll(/[()]/g, '')),
    least: parts.filter(({ mark }) => mark !== '?').length,
    leastAfterDot: parts.filter(({ mark }) => mark !== '?' && mark !== '-').length,
    most: parts.some(({ mark }) => mark === '+') ? Number.POSITIVE_INFINITY : parts.length,
  };
};

/** The functions an expression may call, by name without the sign. */
export const knownFunctions: ReadonlyMap<string, Parameters> = new Map(
  signatures.map((line) => {
    const [name = '', signature = ''] = line.split(' ');
    return [name, parametersOf(signature)] as const;
  }),
);

/** What other languages call our functions, in small letters: those of Entra ID, Okta, spreadsheets and programming. */
const names: Readonly<Record<string, string>> = {
  ...{ tolower: 'lowercase', tolowercase: 'lowercase', lower: 'lowercase', lcase: 'lowercase' },
  ...{ toupper: 'uppercase', touppercase: 'uppercase', upper: 'uppercase', ucase: 'uppercase' },
  ...{ len: 'length', size: 'count', substr: 'substring', mid: 'substring', left: 'substring', right: 'substring' },
  ...{ tostring: 'string', cstr: 'string', tonumber: 'number', parseint: 'number', int: 'number', instr: 'contains' },
  ...{ indexof: 'contains', includes: 'contains', stringcontains: 'contains', word: 'split', item: 'split' },
  ...{ replaceall: 'replace', substitute: 'replace', regexreplace: 'replace', padleft: 'pad', padright: 'pad' },
  ...{ strip: 'trim', removeduplicates: 'distinct', unique: 'distinct', ispresent: 'exists', isnotempty: 'exists' },
  ...{ stringlength: 'length', stringreplace: 'replace', substringbeforefirst: 'substringBefore' },
};

/** What is written here in another way than as a function. */
const otherwise: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['coalesce', 'ifnull', 'nvl', 'isnull', 'firstnonempty'].map((name) => [
      name,
      'Write `from: { firstOf: [a, b] }`: the first that has a value.',
    ]),
  ),
  ...Object.fromEntries(
    ['iif', 'if', 'switch', 'case', 'choose'].map((name) => [
      name,
      "Write `userType = 'Guest' ? 'External' : 'Internal'`, or one row with `when` for each case.",
    ]),
  ),
  ...Object.fromEntries(
    ['append', 'join', 'concat', 'concatenate', 'stringappend', 'stringjoin'].map((name) => [
      name,
      'Write `from: { join: [a, b], with: " " }`, or `a & b`.',
    ]),
  ),
  ...Object.fromEntries(
    ['startswith', 'endswith', 'like', 'ismatch', 'matches', 'regexmatch'].map((name) => [
      name,
      'Write `$contains(mail, /^svc-/)`: ^ is the beginning, $ the end.',
    ]),
  ),
  ...Object.fromEntries(
    ['capitalise', 'capitalize', 'propercase', 'pcase', 'titlecase', 'totitlecase'].map((name) => [
      name,
      'Write `transforms: [lower, capitalise]` next to `from`.',
    ]),
  ),
  ...Object.fromEntries(
    ['normalizediacritics', 'removediacritics', 'unaccent', 'deburr', 'transliterate'].map((name) => [
      name,
      'Write `$ascii(displayName)`, or `transforms: [ascii]` next to `from`.',
    ]),
  ),
  isnullorempty: 'Write `$not($exists(mail))`.',
  isempty: 'Write `$not($exists(mail))`.',
  isblank: 'Write `$not($exists(mail))`.',
  ismemberof: "Name the group under `groups` of the source and write `'engineering' in groups`.",
  ismemberofgroup: "Name the group under `groups` of the source and write `'engineering' in groups`.",
  ismemberofgroupname: "Name the group under `groups` of the source and write `'engineering' in groups`.",
};

/** What to write instead of a function that there is none of; null when nothing is known of it. */
export const insteadOf = (name: string): string | null => {
  const word = name.toLowerCase();
  if (Object.hasOwn(otherwise, word)) return otherwise[word] ?? null;
  const same = [...knownFunctions.keys()].find((known) => known.toLowerCase() === word) ?? names[word];
  return same === undefined ? null : `Did you mean $${same}?`;
};
