import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** An activity beats every 4 s: three missed beats mean that its worker is gone. */
const heartbeatTimeout = '15s';

/** A cancelled run waits until its steps have stopped and recorded what they did: its report must be true. */
const cancellationType = 'WAIT_CANCELLATION_COMPLETED';

/** Opening: an admin waits for the answer, so a party that is down is tried three times in a few seconds, no more. */
const opening: ActivityOptions = {
  startToCloseTimeout: '60s',
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 3 },
};

/** Reading: a slice lasts 20 s and a slow page a minute more; eight attempts bridge a provider's restart. */
const reading: ActivityOptions = {
  startToCloseTimeout: '5m',
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 8 },
};

/**
 * A batch or a listing at a target: bounded by load limits, not by us; eight attempts bridge a target's restart. A wait
 * it asks for is no attempt: the workflow waits by timer, however often (`waitOut`).
 */
const working: ActivityOptions = {
  startToCloseTimeout: '30m',
  heartbeatTimeout,
  cancellationType,
  retry: {
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '1m',
    maximumAttempts: 8,
    nonRetryableErrorTypes: ['throttled'],
  },
};

/** Steps that need only the ledger: they wait for it as long as it takes, since a run must end truthfully. */
const keeping: ActivityOptions = {
  startToCloseTimeout: '10m',
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
};

export const { openRun, findUser, answer } = proxyActivities<Activities>(opening);
export const { readPages } = proxyActivities<Activities>(reading);
export const { readAccounts, planBatch, applyBatch } = proxyActivities<Activities>(working);
export const { openPlan, countCandidates, judge, failBatch, closeRun, pruneLedger } =
  proxyActivities<Activities>(keeping);

/** Users of one batch: small enough that a retry repeats little, large enough that a batch costs little history. */
export const batchSize = 200;

/** Batches of one target at once. Two keep the target's slots busy; the third covers the start of the next child. */
export const batchWindow = 3;
