import { ApplicationFailure, continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { Refused } from '../activities/index.ts';
import { eachTarget, failRefused } from './each-target.ts';
import { type FanOut, fanOut, type Positions } from './fan-out.ts';
import { inTurn } from './in-turn.ts';
import { type FullSyncInput, fullSyncForm, requireInput } from './input.ts';
import { countCandidates, judge, openRun, readAccounts, readPages } from './options.ts';
import { closing, type RunResult, type StepsEnd } from './run.ts';
import { waitOut } from './wait-out.ts';

/** Where a continued run goes on; absent at its beginning. */
type Resume = {
  readonly run: string;
  readonly targets: readonly string[];
  readonly refused: Refused;
  readonly step: 'read' | 'plan' | 'apply';
  readonly next: Positions;
};

/** Reads the whole directory, plans every change, has the plan judged, and applies exactly that plan. */
export const fullSync = async (input: FullSyncInput, carried?: Resume): Promise<RunResult> => {
  requireInput(input, fullSyncForm);
  const { connector, mode = 'full', intent = 'apply' } = input;
  const { workflowId, firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo();
  // A place to go on at counts only from this run's own continuation: given by hand it would step over the guard.
  const resume = continuedFromExecutionRunId === undefined ? undefined : carried;
  const run = resume?.run ?? firstExecutionRunId;
  return closing(run, async (): Promise<StepsEnd> => {
    setCurrentDetails('open: checking credentials and rights');
    const open = () => openRun({ run, connector, mode, intent, person: null, workflowId });
    const opening = resume === undefined ? await inTurn(open) : { ...resume, opened: 'begun' as const };
    if (opening.opened === 'skip') return 'skipped';
    const { targets, refused } = opening;
    const usable = targets.filter((target) => !(target in refused));
    const goOn = (step: Resume['step'], next: Positions = {}): Promise<never> =>
      continueAsNew<typeof fullSync>(input, { run, targets, refused, step, next });
    const inBatches = async (step: 'plan' | 'apply'): Promise<FanOut> => {
      const counted = await countCandidates({ run, phase: step });
      const candidates = counted.filter(({ target }) => usable.includes(target));
      const counts = candidates.map(({ target, count }) => `${target}: ${count}`).join(', ');
      setCurrentDetails(`${step}: candidates ${counts || 'none'}`);
      return fanOut(run, step, candidates, resume?.step === step ? resume.next : {});
    };
    if (resume?.step !== 'apply') {
      if (resume?.step !== 'plan') {
        for (let ended = false; !ended; ) {
          const progress = await readPages({ run });
          ended = progress.ended;
          setCurrentDetails(`read: ${progress.users} users on ${progress.pages} pages`);
          if (!ended && workflowInfo().continueAsNewSuggested) await goOn('read');
        }
        await failRefused(run, refused);
        await eachTarget(run, usable, (target) => waitOut(() => readAccounts({ run, target })));
      }
      const planned = await inBatches('plan');
      if (!planned.done) await goOn('plan', planned.next);
      const { verdict, breaches } = await judge({ run });
      setCurrentDetails(`judge: ${breaches === 0 ? 'within all thresholds' : `${breaches} thresholds exceeded`}`);
      if (verdict === 'fail') throw passed(breaches);
      if (intent === 'plan') return 'planned';
      if (verdict === 'hold') return 'awaitingApproval';
    }
    const applied = await inBatches('apply');
    if (!applied.done) await goOn('apply', applied.next);
    return 'done';
  });
};

const passed = (breaches: number): ApplicationFailure =>
  ApplicationFailure.nonRetryable(
    `The plan exceeds ${breaches} thresholds of the guard, and the document says to fail then: nothing was written. Look at the report, then change the document or its guard.`,
    'rejected',
  );
