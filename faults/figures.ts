import { kindsOfWrong } from './judge.ts';
import { complaints, type RoundEnd } from './round.ts';

/** How often each kind of fault has hit, in one line. */
export const kindsIn = (rounds: readonly RoundEnd[]): string => {
  const kinds = new Map<string, number>();
  for (const kind of rounds.flatMap(({ hits }) => hits)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
};

/** What a session comes to, as it is printed. */
export const figuresOf = (seed: number, rounds: readonly RoundEnd[]) => {
  const count = (kind: (typeof kindsOfWrong)[number]): number =>
    rounds.reduce((sum, { wrong }) => sum + wrong[kind].length, 0);
  return {
    seed,
    faults: rounds.reduce((sum, { hits }) => sum + hits.length, 0),
    lost: count('lost'),
    invented: count('invented'),
    outOfPlan: count('outOfPlan'),
    resent: count('resent'),
    falseReports: count('falseReports'),
    hangs: count('hangs'),
    scenarios: rounds.map((round) => {
      const wrong = complaints(round);
      return {
        name: round.name,
        faults: round.hits.length,
        ok: wrong.length === 0,
        detail: wrong.join('; '),
      };
    }),
  };
};

/** Nothing lost, invented, written out of plan, falsely told or left hanging. */
export const isWell = (figures: Readonly<Record<(typeof kindsOfWrong)[number], number>>): boolean =>
  kindsOfWrong.every((kind) => kind === 'resent' || figures[kind] === 0);
