/** How other systems write what JSONata cannot even parse, and how to write it here. */
const forms: readonly { readonly seen: RegExp; readonly remedy: (parts: readonly string[]) => string }[] = [
  { seen: /\$?\{\{\s*([\w.]+)\s*\}\}/, remedy: ([, path]) => `Write the path alone: ${path}.` },
  { seen: /^\s*\{\s*([A-Za-z][\w.]*)\s*\}\s*$/, remedy: ([, path]) => `Write the path alone: ${path}.` },
  { seen: /[$#@]\{\s*([\w.]+)\s*\}/, remedy: ([, path]) => `Write the path alone: ${path}.` },
  { seen: /%+\s*([A-Za-z][\w.]*)\s*%+/, remedy: ([, path]) => `Write the path alone: ${path}.` },
  { seen: /<\s*([A-Za-z][\w.]*)\s*>/, remedy: ([, path]) => `Write the path alone: ${path}.` },
  { seen: /===?/, remedy: () => "Equality is a single =: write userType = 'Guest'." },
  { seen: /<>/, remedy: () => "Write inequality as $not(userType = 'Guest')." },
  { seen: /&&/, remedy: () => 'Write `and` instead of &&.' },
  {
    seen: /\|\|/,
    remedy: () => 'Write `or` instead of ||; for the first that has a value, `from: { firstOf: [a, b] }`.',
  },
  { seen: /(^|[^!])!(?!=)/, remedy: () => 'Write $not(…) instead of !.' },
  { seen: /\bnot\s+[\w(]/i, remedy: () => 'Write $not(…).' },
  { seen: /\bis\s+(not\s+)?null\b/i, remedy: () => 'Write $exists(mail), or $not($exists(mail)).' },
  { seen: /\b(AND|OR|IN)\b/, remedy: ([, word = '']) => `Write \`${word.toLowerCase()}\` in small letters.` },
  { seen: /\bcontains\s|=~|~=/i, remedy: () => "Write $contains(mail, 'acme'), or $contains(mail, /^svc-/)." },
  { seen: /^\s*[=@]\s*([A-Za-z][\w.]*)\s*$/, remedy: ([, path]) => `Write the path alone: ${path}.` },
  { seen: /\blike\b/i, remedy: () => 'Write $contains(mail, /^svc-/): ^ is the beginning, $ the end.' },
  { seen: /^\s*if\b/i, remedy: () => "Write `userType = 'Guest' ? 'External' : 'Internal'`." },
  { seen: /\b(eq|ne)\b/i, remedy: () => "Write userType = 'Guest'; inequality is $not(userType = 'Guest')." },
  {
    seen: /(?:^|[^\w.'"])(0\d+)\b/,
    remedy: ([, digits]) => `Put digits that begin with 0 in quotes: '${digits}'.`,
  },
  { seen: /;\s*$/, remedy: () => 'Remove the semicolon.' },
  { seen: /[\u2018\u2019\u201c\u201d\u201e]/, remedy: () => 'Use straight quotation marks: \' or ".' },
];

/** What to write instead of a text that is no expression; null when it looks like no form that is known. */
export const foreignForm = (text: string): string | null => {
  const bare = text.replaceAll(/'[^']*'|"[^"]*"/g, "''");
  for (const { seen, remedy } of forms) {
    const parts = seen.exec(bare);
    if (parts !== null) return remedy([...parts]);
  }
  return null;
};
