import { isFailure } from '../../core/failure.ts';
import type { TargetEvaluation } from '../../core/mapping/mapping.ts';
import { leaverSpans } from '../../core/people/leavers.ts';
import type { SourceId } from '../../core/values.ts';
import {
  type AskedPerson,
  countAsked,
  noteAnswers,
  noteGone,
  peopleToAsk,
  type Standing,
} from '../../ledger/leavers/gone.ts';
import { nextRead, readProof } from '../../ledger/reading/pages.ts';
import { inParallel } from '../apply/lanes.ts';
import { withOwnGroups } from '../read/groups.ts';
import { withOwnManager } from '../read/managers.ts';
import { retryUnanswered } from '../retry-unanswered.ts';
import { sliceOf, type Work } from '../work.ts';

/** How far the asking has come; counts only. */
export type LeaverProgress = { readonly ended: boolean; readonly asked: number };

/** How many people one run asks for by id: a listing that lacks more is not believed all at once. */
const mostAsked = 2_000;

/** How many are asked for between two commits, and how many at once. */
const atATime = 50;
const atOnce = 4;

/** How many may go without an answer in a row before the source counts as not answering. */
const mostSilent = 5;

/**
 * After a read that proves who is there: notes who is missing or out of scope, and asks the source by id what became of
 * each, as far as it matters. People about whom the source gives no answer are not counted as leavers. Resumes where it
 * stopped.
 */
export const askLeavers = async (work: Work): Promise<LeaverProgress> => {
  const { ledger, connector, run } = work;
  const ended = (asked: number): LeaverProgress => ({ ended: true, asked });
  if ((await readProof(ledger, run.id)) !== 'everybody') return ended(0);
  const spans = leaverSpans(connector.leavers);
  await noteGone(ledger, run, spans);
  let asked = await countAsked(ledger, run.id);
  const isOver = sliceOf(work);
  for (let silent = 0; asked < mostAsked && silent < mostSilent; ) {
    if (isOver()) return { ended: false, asked };
    const people = await peopleToAsk(ledger, run, spans, Math.min(atATime, mostAsked - asked));
    if (people.length === 0) return ended(asked);
    const read = await nextRead(ledger);
    const answers: AskedPerson[] = [];
    await inParallel(people, atOnce, async (person) => {
      const standings = silent < mostSilent ? await standingsOf(work, person) : null;
      silent = standings === null ? silent + 1 : 0;
      answers.push({ person, standings });
    });
    await noteAnswers(ledger, run.id, read, answers);
    asked += people.length;
  }
  return ended(asked);
};

/** What the source says about a person, by id; null if the answer is inconclusive. */
export const standingsOf = async (work: Work, person: SourceId): Promise<AskedPerson['standings']> => {
  const { connector, call } = work;
  try {
    const select = connector.mapping.selection;
    const user = await retryUnanswered(call, () => connector.source.readUser(person, select, call));
    if (user === null) return 'deleted';
    const whole = await withOwnManager(work, await withOwnGroups(work, user));
    const evaluated = await connector.mapping.evaluate(whole);
    return new Map([...evaluated].map(([target, evaluation]) => [target, standingBy(evaluation)]));
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error.facts.leftOut ?? null;
  }
};

const standingBy = ({ kind }: TargetEvaluation): Standing => (kind === 'outOfScope' ? kind : 'present');
