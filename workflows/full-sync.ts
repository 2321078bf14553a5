import { ApplicationFailure, continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { Refused } from '../activities/index.ts';
import { batchSize } from '../src/core/batch.ts';
import { eachTarget, failRefused } from './each-target.ts';
import { type FanOut, fanOut } from './fan-out.ts';
import { type FullSyncInput, fullSyncForm, requireInput } from './input.ts';
import { listAccounts } from './list-accounts.ts';
import { askLeavers, countCandidates, judge, openRun, readPages, returnToConnector } from './options.ts';
import type { Places } from './places.ts';
import { rollOut } from './roll-out.ts';
import { closing, type RunResult, type StepsEnd } from './run.ts';
import type { Step } from './run-batch.ts';
import { inTurn, leaveFor } from './waiting/in-turn.ts';
import { orWait, patiently } from './waiting/patience.ts';

/** Where a continued run resumes; absent at its beginning. */
type Resume = {
  readonly run: string;
  readonly targets: readonly string[];
  readonly refused: Refused;
  readonly step: 'open' | 'read' | 'accounts' | 'plan' | 'apply';
  /** The targets whose accounts are known, and how far the batches have come. */
  readonly listed: readonly string[];
  readonly places: Places;
};

const steps = ['open', 'read', 'accounts', 'plan', 'apply'] as const;

/** Reads the whole directory, plans every change, has the plan judged, and applies exactly that plan. */
export const fullSync = async (input: FullSyncInput, carried?: Resume): Promise<RunResult> => {
  requireInput(input, fullSyncForm);
  const { connector, retry, intent = 'apply' } = input;
  const mode = retry === undefined ? (input.mode ?? 'full') : 'delta';
  const retryOf = retry === undefined ? {} : { retryOf: retry };
  const { workflowId, firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo();
  // A position to resume from is accepted only from this run's own continuation: given by hand it would bypass the
  // guard.
  const resume = continuedFromExecutionRunId === undefined ? undefined : carried;
  const run = resume?.run ?? firstExecutionRunId;
  const isBehind = (step: Resume['step']): boolean => steps.indexOf(resume?.step ?? 'open') > steps.indexOf(step);
  return closing(run, async (): Promise<StepsEnd> => {
    setCurrentDetails('open: checking credentials and rights');
    let at: Resume = resume ?? { run, targets: [], refused: {}, step: 'open', listed: [], places: {} };
    const goOn = (step: Resume['step'], places: Places = {}): Promise<never> =>
      continueAsNew<typeof fullSync>(input, { ...at, step, places });
    if (!isBehind('open')) {
      const open = () => openRun({ run, connector, mode, intent, person: null, workflowId, ...retryOf });
      const opening = await inTurn(run, 'source', open, () => goOn('open'));
      if (opening.opened === 'skip') return 'skipped';
      at = { ...at, targets: opening.targets, refused: opening.refused };
    }
    const usable = at.targets.filter((target) => !(target in at.refused));
    const inBatches = async (step: Step): Promise<FanOut> => {
      const counted = await patiently(run, 'ledger', () => countCandidates({ run, phase: step, size: batchSize }));
      const candidates = counted.filter(({ target }) => usable.includes(target));
      return fanOut(run, step, candidates, resume?.step === step ? resume.places : {});
    };
    for (let ended = isBehind('read'); !ended; ) {
      const read = await orWait(run, 'source', () => readPages({ run }));
      if (read !== null) {
        const { everybody, ...progress } = read.result;
        setCurrentDetails(`read: ${progress.users} users on ${progress.pages} pages`);
        const asked = progress.ended && everybody ? await orWait(run, 'source', () => askLeavers({ run })) : null;
        ended = progress.ended && (!everybody || asked?.result.ended === true);
      }
      if (!ended && workflowInfo().continueAsNewSuggested) await goOn('read');
    }
    if (!isBehind('accounts')) {
      await failRefused(run, at.refused);
      const listed = [...at.listed];
      at = { ...at, listed };
      await eachTarget(run, usable, (target) => listAccounts(run, target, listed));
      if (usable.some((target) => !listed.includes(target))) await goOn('accounts');
    }
    if (!isBehind('plan')) {
      const planned = await inBatches('plan');
      if (!planned.done) await goOn('plan', planned.places);
      const { verdict, breaches } = await patiently(run, 'ledger', () => judge({ run }));
      setCurrentDetails(`judge: ${breaches === 0 ? 'within all thresholds' : `${breaches} thresholds exceeded`}`);
      if (verdict === 'fail') throw exceeded(breaches);
      if (intent === 'plan') return 'planned';
      if (verdict === 'hold') return 'awaitingApproval';
      const first = await rollOut(run, usable);
      if (first === 'later') await goOn('plan', planned.places);
      if (first === 'hold') return 'awaitingApproval';
    } else {
      await inTurn(
        run,
        'ledger',
        () => returnToConnector({ run }),
        () => goOn('apply', at.places),
      );
    }
    const applied = await inBatches('apply');
    if (!applied.done) {
      if (applied.closedMs > 0) await leaveFor(run, applied.closedMs);
      await goOn('apply', applied.places);
    }
    return 'done';
  });
};

const exceeded = (breaches: number): ApplicationFailure =>
  ApplicationFailure.nonRetryable(
    `The plan exceeds ${breaches} thresholds of the guard, and the document says that the run must then fail. Nothing was written. Look at the report, then change the document or its guard, or have the plan made alone (attune sync --plan) and approve that.`,
    'rejected',
  );
