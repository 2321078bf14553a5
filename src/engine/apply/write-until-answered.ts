import type { Call } from '../../core/call.ts';
import { type Failure, isFailure } from '../../core/failure.ts';
import type { ChangeResult, Written } from '../../core/profile.ts';
import type { Together, Work } from '../../targets/target.ts';
import { retryUnanswered } from '../retry-unanswered.ts';

/** The answers about one account; `unanswered` when some request of it got none and may still be carried out. */
export type Answered = Written & { readonly unanswered: boolean };

/** Writes some accounts and, where a target did not answer, writes again what is left, and only that. Never throws. */
export const writeUntilAnswered = async (
  write: Together['applyChanges'],
  work: readonly Work[],
  call: Call,
): Promise<readonly Answered[]> => {
  const all = work.map(nothingSent);
  const once = async (): Promise<void> => {
    const left = work.flatMap((one, index) => {
      const changes = one.changes.filter((_, change) => isOpen(all[index]?.results[change]));
      return changes.length === 0 || endsOnePerson(all[index]?.ended) ? [] : [{ index, account: one.account, changes }];
    });
    const written = await write(left, call);
    for (const [at, { index }] of left.entries()) all[index] = merged(all[index], written[at]);
    const ended = all.map((one) => one.ended).find((each) => each !== null && !endsOnePerson(each));
    if (ended !== undefined) throw ended;
  };
  try {
    await retryUnanswered(call, once);
    return all;
  } catch (ended) {
    return all.map((one) => (one.results.some(isOpen) && !endsOnePerson(one.ended) ? { ...one, ended } : one));
  }
};

/** Whether a failure concerns one person only, and the next one can be written. */
export const endsOnePerson = (ended: unknown): ended is Failure =>
  isFailure(ended) && (ended.kind === 'notFound' || ended.kind === 'rejected');

/** Where the writing of an account begins. */
export const nothingSent = ({ changes }: Work): Answered => ({
  results: changes.map(({ attribute }) => ({ attribute, status: 'unsent' })),
  ended: null,
  unanswered: false,
});

/** Whether the result of a change is still unknown. */
export const isOpen = (result: ChangeResult | undefined): boolean =>
  result === undefined || result.status === 'unknown' || result.status === 'unsent';

/** Later answers replace missing ones; the value found after a request without an answer came from that request. */
const merged = (earlier: Answered = nobody, later: Written = nobody): Answered => ({
  unanswered: earlier.unanswered || later.results.some(({ status }) => status === 'unknown'),
  results: earlier.results.map((one) => {
    const again = later.results.find(({ attribute }) => attribute === one.attribute);
    if (again === undefined || !isOpen(one)) return one;
    if (one.status === 'unknown' && again.status === 'unsent') return one;
    return one.status === 'unknown' && again.status === 'already' ? { ...again, status: 'applied' } : again;
  }),
  ended: later.ended,
});

const nobody: Answered = { results: [], ended: null, unanswered: false };
