import { Context } from '@temporalio/activity';
import type { Batch, BatchRest } from '../src/core/batch.ts';
import type { QuestionName } from '../src/core/questions.ts';
import type { RunPhase } from '../src/core/report/progress.ts';
import type { Report, RunIntent, RunMode } from '../src/core/report/report.ts';
import { startedBySchedule } from '../src/core/schedules/schedule.ts';
import type { JsonObject, SourceId } from '../src/core/values.ts';
import { applyBatch } from '../src/engine/apply/apply.ts';
import { endMoved, openLook } from '../src/engine/apply/look-again.ts';
import {
  applyFirst,
  type FirstPeople,
  judgeFirst,
  pickFirst,
  type ReadBack,
  readBackFirst,
} from '../src/engine/apply/roll-out.ts';
import { settleDoubts } from '../src/engine/apply/settle-doubts.ts';
import { type Candidates, countCandidates } from '../src/engine/candidates.ts';
import { closeOwnRun, type RunEnding } from '../src/engine/close.ts';
import { failBatch } from '../src/engine/fail-batch.ts';
import { type Judgement, judge } from '../src/engine/judge.ts';
import { type HousekeepingStep, keepHouse } from '../src/engine/keep-house.ts';
import { askLeavers, type LeaverProgress } from '../src/engine/leavers/ask.ts';
import { askLeaversAgain } from '../src/engine/leavers/ask-again.ts';
import { deliverNotice, giveNoticeUp, type NoticeDeps } from '../src/engine/notices/deliver.ts';
import { syncPerson } from '../src/engine/one-person.ts';
import type { Refused } from '../src/engine/open/check-targets.ts';
import type { OpenConnector } from '../src/engine/open/connector.ts';
import { leaveConnector, type Returned, returnToConnector } from '../src/engine/open/lock-connector.ts';
import { type Opened, openRun } from '../src/engine/open/open.ts';
import type { OddSecrets } from '../src/engine/open/open-connectors.ts';
import { type OpenedPlan, openPlan } from '../src/engine/open/open-plan.ts';
import { type Hindrance, type Patience, patienceFor, type RunWait } from '../src/engine/patience.ts';
import { readAccounts } from '../src/engine/plan/accounts.ts';
import { planBatch } from '../src/engine/plan/plan.ts';
import { findUser } from '../src/engine/questions/find-user.ts';
import { answerQuestion } from '../src/engine/questions/questions.ts';
import type { ReadProgress } from '../src/engine/read/finish.ts';
import { readOne, readPages } from '../src/engine/read/read.ts';
import type { Workflows } from '../src/engine/settle.ts';
import { beginStep, targetAt, type Work, type WorkDeps } from '../src/engine/work.ts';
import { step } from './step.ts';

/** What the activities work with: the ledger, connectors opened by version, and whether a workflow is still open. */
export type ActivityDeps = Pick<WorkDeps, 'ledger'> & {
  /** Opens a version of a connector, the current one for null; a given mapping replaces its own. */
  readonly openConnector: (
    connector: string,
    version: number | null,
    mapping?: JsonObject | null,
  ) => Promise<OpenConnector>;
  /** What is unusual about the secrets a connector names. */
  readonly oddSecrets: (connector: string) => Promise<OddSecrets>;
  readonly workflows: Workflows;
  /** Who is told of changes of state, and how. */
  readonly notices: Pick<NoticeDeps, 'hooksOf' | 'send'>;
  readonly log: (error: unknown) => void;
  /** Told at the end of each run. */
  readonly runEnded: (report: Report) => void;
  /** Told when a run begins to wait for a party that is away. */
  readonly runWaits: (wait: RunWait) => void;
  /** The worker's clock, epoch ms: what is due by the hours of the day. */
  readonly now: () => number;
};

/** What a workflow asks for when it begins a run; `run` is the id of the workflow's first execution. */
export type OpenRequest = {
  readonly run: string;
  readonly connector: string;
  readonly mode: RunMode;
  readonly intent: RunIntent;
  readonly person: SourceId | null;
  readonly workflowId: string;
  /** The run whose failed and skipped people are tried again, and nobody else. */
  readonly retryOf?: string;
};

/** One batch of one target. */
export type BatchRequest = { readonly run: string; readonly target: string; readonly batch: Batch };

export type { Candidates, Hindrance, Patience, Refused };

/** The activities of all workflows: adapters around the engine. Inputs and results hold ids, numbers and counts only. */
export const createActivities = ({
  ledger,
  openConnector,
  oddSecrets,
  workflows,
  notices,
  log,
  now,
  runEnded,
  runWaits,
}: ActivityDeps) => {
  /** A step of a run, whose requests count for `party`: the source or a target. */
  const inRun = <Result>(
    id: string,
    party: string,
    phase: RunPhase | null,
    work: (work: Work) => Promise<Result>,
  ): Promise<Result> =>
    step(ledger, { run: id, party }, log, async (call) =>
      work(await beginStep({ ledger, openConnector, now }, id, phase, call)),
    );
  return {
    openRun: (request: OpenRequest): Promise<Opened> =>
      step(ledger, { run: request.run, party: 'source' }, log, (call) => {
        const { workflowId } = request;
        const startedBy = startedBySchedule(workflowId) ?? `Temporal, workflow ${workflowId}`;
        const opening = { ...request, namespace: ownNamespace(), startedBy };
        return openRun({ ledger, openConnector, now }, opening, workflows, call);
      }),
    openPlan: (request: { run: string; workflowId: string }): Promise<OpenedPlan> =>
      step(ledger, { run: request.run, party: 'source' }, log, (call) => {
        const opening = { ...request, namespace: ownNamespace() };
        return openPlan({ ledger, openConnector, now }, opening, workflows, call);
      }),
    findUser: (request: { connector: string; lookup: string }): Promise<string> =>
      step(ledger, null, log, async (call) => {
        const connector = await openConnector(request.connector, null);
        return findUser({ ledger, connector, call }, request.lookup);
      }),
    answer: (request: { connector: string; ask: QuestionName; question: string }): Promise<string> =>
      step(ledger, null, log, async (call) => {
        const open = (mapping: JsonObject | null) => openConnector(request.connector, null, mapping);
        const asked = { open, notices, oddSecrets: () => oddSecrets(request.connector), now: now() };
        return answerQuestion(ledger, asked, request.ask, request.question, call);
      }),
    readPages: (request: { run: string }): Promise<ReadProgress> =>
      inRun(request.run, 'source', 'read', (work) => (work.run.person === null ? readPages(work) : readOne(work))),
    askLeavers: (request: { run: string }): Promise<LeaverProgress> => inRun(request.run, 'source', 'read', askLeavers),
    askLeaversAgain: (request: { run: string }): Promise<LeaverProgress> =>
      inRun(request.run, 'source', 'apply', askLeaversAgain),
    readAccounts: (request: { run: string; target: string }): Promise<BatchRest> =>
      inRun(request.run, request.target, 'accounts', (work) => readAccounts(work, targetAt(work, request.target))),
    countCandidates: ({ run, phase, size }: { run: string; phase: RunPhase; size: number }): Promise<Candidates> =>
      inRun(run, 'source', phase, (work) => countCandidates(work, phase, size)),
    planBatch: (request: BatchRequest): Promise<BatchRest> =>
      inRun(request.run, request.target, null, (work) =>
        planBatch(work, targetAt(work, request.target), request.batch),
      ),
    judge: (request: { run: string }): Promise<Judgement> =>
      inRun(request.run, 'source', 'judge', async (work) => {
        const { superseded, ...judgement } = await judge(work);
        for (const report of superseded) runEnded(report);
        return judgement;
      }),
    openLook: (request: { run: string }): Promise<string | null> => inRun(request.run, 'source', null, openLook),
    endMoved: (request: { run: string }): Promise<number> => inRun(request.run, 'source', null, endMoved),
    pickFirst: (request: { run: string }): Promise<FirstPeople> => inRun(request.run, 'source', 'apply', pickFirst),
    applyFirst: (request: { run: string; target: string }): Promise<BatchRest> =>
      inRun(request.run, request.target, null, (work) => applyFirst(work, targetAt(work, request.target))),
    readBackFirst: (request: { run: string; target: string }): Promise<ReadBack> =>
      inRun(request.run, request.target, null, (work) => readBackFirst(work, targetAt(work, request.target))),
    judgeFirst: ({ run, ...first }: { run: string; people: number; wrong: number }): Promise<'goOn' | 'hold'> =>
      inRun(run, 'source', null, (work) => judgeFirst(work, first)),
    applyBatch: (request: BatchRequest): Promise<BatchRest> =>
      inRun(request.run, request.target, null, (work) =>
        applyBatch(work, targetAt(work, request.target), request.batch),
      ),
    syncPerson: (request: { run: string; target: string }): Promise<BatchRest> =>
      inRun(request.run, request.target, 'accounts', (work) => syncPerson(work, targetAt(work, request.target))),
    settleDoubts: (): Promise<number> =>
      step(ledger, null, log, (call) => settleDoubts({ ledger, openConnector }, call)),
    patienceFor: (hindrance: Hindrance): Promise<Patience> =>
      step(ledger, null, log, () => {
        const { scheduledTimestampMs } = Context.current().info;
        return patienceFor({ ledger, openConnector, waits: runWaits }, hindrance, Date.now() - scheduledTimestampMs);
      }),
    leaveConnector: (request: { run: string }): Promise<void> =>
      step(ledger, null, log, () => leaveConnector(ledger, { id: request.run, workflowId: ownWorkflow() })),
    returnToConnector: (request: { run: string }): Promise<Returned> =>
      step(ledger, null, log, () =>
        returnToConnector(ledger, { id: request.run, workflowId: ownWorkflow() }, workflows),
      ),
    failBatch: ({
      run,
      alone = false,
      ...request
    }: BatchRequest & { reason: string; alone?: boolean }): Promise<void> =>
      inRun(run, request.target, null, (work) => failBatch(work, { ...request, alone })),
    pruneLedger: (): Promise<HousekeepingStep> =>
      step(ledger, null, log, ({ deadline }) => keepHouse(ledger, () => now() >= deadline)),
    deliverNotice: (request: { notice: string }): Promise<void> =>
      step(ledger, null, log, (call) => deliverNotice({ ledger, ...notices }, request.notice, call)),
    giveNoticeUp: (request: { notice: string }): Promise<void> =>
      step(ledger, null, log, () => giveNoticeUp(ledger, request.notice)),
    closeRun: (request: { run: string; ending: RunEnding }): Promise<Pick<Report, 'status'>> =>
      step(ledger, null, log, async () => {
        const report = await closeOwnRun(ledger, { id: request.run, workflowId: ownWorkflow() }, request.ending);
        runEnded(report);
        return { status: report.status };
      }),
  };
};

/** The workflow the activity works for: a child workflow's own, where a batch asks. */
const ownWorkflow = (): string => Context.current().info.workflowExecution?.workflowId ?? '';

const ownNamespace = (): string => Context.current().info.namespace;

/** The activities as workflows see them: by type only. */
export type Activities = ReturnType<typeof createActivities>;
