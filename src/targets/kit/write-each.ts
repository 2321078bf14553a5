import type { Call } from '../../core/call.ts';
import { failureReach, isFailure } from '../../core/failure.ts';
import type { AttributeId, Change, ChangeResult, Profile, Written } from '../../core/profile.ts';
import { type Attempt, attemptEnded } from './attempt.ts';
import { inOrder, weigh } from './weigh.ts';

/** What was seen of an account, by which one decides what to write and how. */
export type View = { readonly profile: Profile };

/** How an account is written: `look` sees what it holds now; `write` sends changes over what was seen, all in one request. */
export type Writer<Seen extends View> = {
  readonly look: () => Promise<Seen>;
  readonly write: (changes: readonly Change[], seen: Seen) => Promise<Attempt>;
  /** Whether one request takes all changes; they are sent one by one after it was refused. */
  readonly atOnce: boolean;
};

/** How long what was seen of an account is relied on, and how often a write is turned away before it is given up. */
const momentMs = 1_000;
const mostTurnsAway = 6;

/**
 * Writes the changes that are still due, given what the account holds, and returns a result for every change whatever
 * happens on the way. The account is read again before a write that is repeated or that comes more than a moment after
 * the last read, and after a refusal, which proves nothing alone. A product that does not allow the account to be
 * edited ends it, unless something was written before: then the rest is refused.
 */
export const writeEach = async <Seen extends View>(
  changes: readonly Change[],
  { look, write, atOnce }: Writer<Seen>,
  call: Call,
  now: () => number = () => performance.now(),
): Promise<Written> => {
  const results = new Map<AttributeId, ChangeResult>();
  const settle = (of: readonly Change[], result: Omit<ChangeResult, 'attribute'>): void => {
    for (const { attribute } of of) results.set(attribute, { attribute, ...result });
  };
  const open = (): readonly Change[] => changes.filter(({ attribute }) => !results.has(attribute));
  const ending = (ended: unknown): Written => {
    settle(open(), { status: 'unsent' });
    return { results: inOrder(changes, [...results.values()]), ended };
  };
  let together = atOnce;
  let turnsAway = 0;
  let seen: { readonly view: Seen; readonly at: number } | null = null;
  let refused: { readonly change: Change; readonly result: Omit<ChangeResult, 'attribute'> } | null = null;
  while (open().length > 0) {
    if (call.signal.aborted) return ending(call.signal.reason);
    if (seen === null || now() - seen.at > momentMs) {
      try {
        seen = { view: await look(), at: now() };
      } catch (error) {
        if (refused !== null) settle([refused.change], { status: 'unknown' });
        return ending(error);
      }
      if (refused !== null) {
        const [found] = weigh([refused.change], seen.view.profile).settled;
        settle([refused.change], found?.status === 'already' ? { status: 'applied' } : refused.result);
        refused = null;
        continue;
      }
    }
    const { due, settled } = weigh(open(), seen.view.profile);
    for (const result of settled) results.set(result.attribute, result);
    const [first] = due;
    if (first === undefined) break;
    const sent = together ? due : [first];
    const attempt = await write(sent, seen.view).catch(attemptEnded);
    switch (attempt.came) {
      case 'answered': {
        const { came: _, ...result } = attempt;
        if (result.status !== 'rejected') settle(sent, result);
        else {
          seen = null;
          if (sent.length > 1) together = false;
          else refused = { change: first, result };
        }
        break;
      }
      case 'turnedAway':
        seen = null;
        turnsAway += 1;
        if (turnsAway > mostTurnsAway) return ending(attempt.why);
        break;
      case 'outOfReach':
        if ([...results.values()].every(({ status }) => status !== 'applied')) return ending(attempt.why);
        settle(sent, { status: 'rejected', reason: outOfReach });
        break;
      default:
        settle(sent, { status: attempt.came });
        return ending(await reasonOf(attempt.why, look));
    }
  }
  return ending(null);
};

/** An answer nobody understands may be about the account alone, which a look tells: it is gone, inactive or guarded. */
const reasonOf = async (why: unknown, look: () => Promise<View>): Promise<unknown> => {
  if (!isFailure(why) || why.kind !== 'wrongShape') return why;
  return look().then(
    () => why,
    (error: unknown) => (isFailure(error) && failureReach[error.kind].ends === 'user' ? error : why),
  );
};

const outOfReach = 'The account can no longer be edited: only a system administrator may do so now.';
