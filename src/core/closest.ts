/** The known word that a mistyped one most likely meant, or null when none is near. */
export const closest = (word: string, known: readonly string[]): string | null => {
  const [best] = [...new Set(known)]
    .map((one) => ({ one, edits: editsBetween(word.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, edits }) => edits <= Math.max(1, Math.floor(Math.max(one.length, word.length) / 3)))
    .sort((a, b) => a.edits - b.edits || a.one.localeCompare(b.one, 'en'));
  return best?.one ?? null;
};

/** Levenshtein's distance, with two letters the wrong way round as one slip. */
const editsBetween = (left: string, right: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      const turned = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swap = (row[j - 1] ?? 0) + (same ? 0 : 1);
      const turn = turned ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap, turn));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
};
