import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** An activity beats every 4 s: three missed beats mean that its worker is gone. */
const heartbeatTimeout = '15s';

/** A cancelled run waits until its steps have stopped and recorded what they did: its report must be true. */
const cancellationType = 'WAIT_CANCELLATION_COMPLETED';

/**
 * A brief failure is tried again within seconds, a killed worker's step by another worker. Longer failures are waited
 * out on the workflow's timers (`orWait`), and a wait that a party asks for does not count as an attempt either.
 */
const retry = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumAttempts: 3,
  nonRetryableErrorTypes: ['throttled'],
} satisfies ActivityOptions['retry'];

/** Opening and reading: a slice of reading lasts 20 s and a slow page a minute more. */
const reading: ActivityOptions = { startToCloseTimeout: '5m', heartbeatTimeout, cancellationType, retry };

/** A batch or a listing at a target: bounded by load limits, not by us. */
const working: ActivityOptions = { startToCloseTimeout: '30m', heartbeatTimeout, cancellationType, retry };

/** Somebody waits for the answer: a party that is down is tried three times in a few seconds, no more. */
const waitedFor: ActivityOptions = { startToCloseTimeout: '60s', heartbeatTimeout, cancellationType, retry };

/** Steps that need only the ledger: they wait for it as long as it takes, since a run must end truthfully. */
const keeping: ActivityOptions = {
  startToCloseTimeout: '10m',
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
};

/** A receiver of notices that is down is tried for three days, ever more seldom; then the notice is given up. */
const telling: ActivityOptions = {
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '3d',
  heartbeatTimeout,
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '1h' },
};

export const { deliverNotice } = proxyActivities<Activities>(telling);
export const { openRun, readPages, askLeavers, askLeaversAgain, openPlan, countCandidates, judge, returnToConnector } =
  proxyActivities<Activities>(reading);
export const { readAccounts, planBatch, applyBatch, applyFirst, readBackFirst, settleDoubts } =
  proxyActivities<Activities>(working);
export const { patienceFor, failBatch, giveNoticeUp, leaveConnector, closeRun, pruneLedger } =
  proxyActivities<Activities>(keeping);
export const { openLook, endMoved, pickFirst, judgeFirst } = proxyActivities<Activities>(keeping);
export const { findUser, answer } = proxyActivities<Activities>(waitedFor);

/** A question about everybody, over the ledger alone. */
export const { answer: answerAboutAll } = proxyActivities<Activities>({ ...waitedFor, startToCloseTimeout: '10m' });

/** The steps of a run of one person. */
export const forPerson = proxyActivities<Pick<Activities, 'openRun' | 'readPages' | 'syncPerson'>>(waitedFor);

/** Batches of one target at once. Two keep the target's slots busy; the third covers the start of the next child. */
export const batchWindow = 3;
