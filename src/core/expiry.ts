import type { CheckLine } from './check-line.ts';

const dayMs = 24 * 3_600_000;

/** From how many days before its end a credential is worth a warning. */
const warnDays = 30;

/** What there is to say about the last day (ISO date) of a credential; null when no day is known. */
export const credentialLine = (expires: string | null, now: number): CheckLine => {
  const what = 'credential';
  if (expires === null) {
    return {
      what,
      ok: true,
      found: 'of unknown expiry',
      remedy: 'Set auth.expires to be warned in time.',
    };
  }
  const days = Math.ceil((Date.parse(expires) - now) / dayMs);
  const remedy = 'Create a new one, store it where the document points, and set auth.expires to its date.';
  if (days < 0) return { what, ok: false, found: `no longer valid: it expired on ${expires}`, remedy };
  const found = `valid until ${expires}, ${days} days from now`;
  return days > warnDays ? { what, ok: true, found } : { what, ok: true, found, remedy };
};

/** The credential in a run's own words, where an admin should know: it ends within thirty days or has ended. */
export const credentialWarnings = (expires: string | null, now: number): readonly string[] => {
  const { ok, found, remedy } = credentialLine(expires, now);
  if (expires === null || (ok && remedy === undefined)) return [];
  return [`The credential of the source is ${found}. ${remedy ?? ''}`.trim()];
};
