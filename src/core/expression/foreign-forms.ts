/** How other systems write what JSONata cannot even read, and how it is said here. */
const forms: readonly { readonly seen: RegExp; readonly remedy: (parts: readonly string[]) => string }[] = [
  { seen: /\$?\{\{\s*([\w.]+)\s*\}\}/, remedy: ([, path]) => `A path stands by itself: write ${path}.` },
  { seen: /[$#@]\{\s*([\w.]+)\s*\}/, remedy: ([, path]) => `A path stands by itself: write ${path}.` },
  { seen: /%+\s*([A-Za-z][\w.]*)\s*%+/, remedy: ([, path]) => `A path stands by itself: write ${path}.` },
  { seen: /<\s*([A-Za-z][\w.]*)\s*>/, remedy: ([, path]) => `A path stands by itself: write ${path}.` },
  { seen: /===?/, remedy: () => "Equal is one sign: write userType = 'Guest'." },
  { seen: /<>/, remedy: () => "Unequal is written $not(userType = 'Guest')." },
  { seen: /&&/, remedy: () => 'Write `and` instead of &&.' },
  {
    seen: /\|\|/,
    remedy: () => 'Write `or` instead of ||; for the first that has a value, `from: { firstOf: [a, b] }`.',
  },
  { seen: /(^|[^!])!(?!=)/, remedy: () => 'Write $not(…) instead of !.' },
  { seen: /\bnot\s+[\w(]/i, remedy: () => 'Write $not(…).' },
  { seen: /\bis\s+(not\s+)?null\b/i, remedy: () => 'Write $exists(mail), or $not($exists(mail)).' },
  { seen: /\blike\b/i, remedy: () => 'Write $contains(mail, /^svc-/): ^ is the beginning, $ the end.' },
  { seen: /^\s*if\b/i, remedy: () => "Write `userType = 'Guest' ? 'External' : 'Internal'`." },
  { seen: /\b(eq|ne)\b/i, remedy: () => "Write userType = 'Guest'; unequal is $not(userType = 'Guest')." },
  { seen: /;\s*$/, remedy: () => 'Leave the semicolon out.' },
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
