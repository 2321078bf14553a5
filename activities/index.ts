import { Context } from '@temporalio/activity';
import { Failure } from '../src/core/failure.ts';
import type { Report, RunIntent, RunMode } from '../src/core/report.ts';
import type { JsonObject } from '../src/core/values.ts';
import { readAccounts } from '../src/engine/accounts.ts';
import { applyBatch } from '../src/engine/apply.ts';
import { closeRun, type RunEnding } from '../src/engine/close.ts';
import type { OpenConnector } from '../src/engine/connector.ts';
import { linkBasis } from '../src/engine/digest.ts';
import { type Judgement, judge } from '../src/engine/judge.ts';
import { type Opened, openRun } from '../src/engine/open.ts';
import { planBatch } from '../src/engine/plan.ts';
import { findUser } from '../src/engine/questions/find-user.ts';
import { answerQuestion, type Question } from '../src/engine/questions/questions.ts';
import type { ReadProgress } from '../src/engine/read/finish.ts';
import { readOne, readPages } from '../src/engine/read/read.ts';
import type { Ledger } from '../src/ledger/open.ts';
import { failDueUsers } from '../src/ledger/plan/changes.ts';
import { type Batch, settleOpenUsers, stagedCounts } from '../src/ledger/plan/staging.ts';
import { findRun, type Run, type RunPhase, reopenPlan, setPhase } from '../src/ledger/runs/runs.ts';
import { step } from './step.ts';

/** What the activities work with: the ledger, connectors opened by version, and whether a workflow is still open. */
export type ActivityDeps = {
  readonly ledger: Ledger;
  /** Opens a version of a connector, its present one for null; a mapping given takes the place of its own. */
  readonly openConnector: (
    connector: string,
    version: number | null,
    mapping?: JsonObject | null,
  ) => Promise<OpenConnector>;
  readonly isOpen: (workflowId: string) => Promise<boolean>;
  readonly log: (error: unknown) => void;
  /** The worker's clock, epoch ms: what is due by the hours of the day. */
  readonly now: () => number;
};

/** What a workflow asks for when it begins a run; `run` is its own first execution's id. */
export type OpenRequest = {
  readonly run: string;
  readonly connector: string;
  readonly mode: RunMode;
  readonly intent: RunIntent;
  readonly user: string | null;
  readonly workflowId: string;
};

/** One batch of one target. */
export type BatchRequest = { readonly run: string; readonly target: string; readonly batch: Batch };

/** How many candidates each target has. */
export type Candidates = readonly { readonly target: string; readonly count: number }[];

/** The activities of all workflows: adapters around the engine. Inputs and results hold ids, numbers and counts only. */
export const createActivities = ({ ledger, openConnector, isOpen, log, now }: ActivityDeps) => {
  const runOf = async (id: string): Promise<Run> => {
    const run = await findRun(ledger, id);
    if (run === null) throw new Failure('config', `There is no run ${id} in the ledger.`);
    return run;
  };
  const opened = async (id: string) => {
    const run = await runOf(id);
    return { run, connector: await openConnector(run.connector, run.version) };
  };
  const targetOf = (connector: OpenConnector, id: string) => {
    const target = connector.targets.get(id);
    if (target === undefined) throw new Failure('config', `The connector ${connector.id} has no target ${id}.`);
    return { id, target, basis: linkBasis(ledger, connector, id) };
  };
  const at = (run: string, party: string) => ({ run, party });
  return {
    openRun: (request: OpenRequest): Promise<{ opened: Opened; targets: readonly string[] }> =>
      step(ledger, at(request.run, 'source'), log, async (call) => {
        const connector = await openConnector(request.connector, null);
        const { workflowExecution } = Context.current().info;
        const startedBy = workflowExecution?.workflowId ?? '';
        const opened = await openRun(ledger, connector, { ...request, startedBy }, isOpen, call);
        return { opened, targets: [...connector.targets.keys()] };
      }),
    findUser: (request: { connector: string; lookup: string }): Promise<string> =>
      step(ledger, null, log, async (call) => {
        const connector = await openConnector(request.connector, null);
        return findUser(ledger, connector, request.lookup, call);
      }),
    answer: (request: { connector: string; ask: Question['ask']; question: string }): Promise<string> =>
      step(ledger, null, log, async (call) => {
        const open = (mapping: JsonObject | null) => openConnector(request.connector, null, mapping);
        return answerQuestion(ledger, open, request.ask, request.question, now(), call);
      }),
    readPages: (request: { run: string }): Promise<ReadProgress> =>
      step(ledger, at(request.run, 'source'), log, async (call) => {
        const { run, connector } = await opened(request.run);
        await setPhase(ledger, run.id, 'read');
        if (run.person !== null) return readOne(ledger, connector, run, call);
        return readPages(ledger, connector, run, call, now);
      }),
    readAccounts: (request: { run: string; target: string }): Promise<void> =>
      step(ledger, at(request.run, request.target), log, async (call) => {
        const { run, connector } = await opened(request.run);
        await setPhase(ledger, run.id, 'accounts');
        await readAccounts(ledger, targetOf(connector, request.target), run, call);
      }),
    countCandidates: (request: { run: string; phase: RunPhase }): Promise<Candidates> =>
      step(ledger, at(request.run, 'source'), log, async () => {
        await setPhase(ledger, request.run, request.phase);
        return [...(await stagedCounts(ledger, request.run))].map(([target, count]) => ({ target, count }));
      }),
    planBatch: (request: BatchRequest): Promise<void> =>
      step(ledger, at(request.run, request.target), log, async (call) => {
        const { run, connector } = await opened(request.run);
        await planBatch(ledger, targetOf(connector, request.target), run, request.batch, call);
      }),
    judge: (request: { run: string }): Promise<Judgement> =>
      step(ledger, at(request.run, 'source'), log, async () => {
        const { run, connector } = await opened(request.run);
        await setPhase(ledger, run.id, 'judge');
        return judge(ledger, connector, run);
      }),
    applyBatch: (request: BatchRequest): Promise<void> =>
      step(ledger, at(request.run, request.target), log, async (call) => {
        const { run, connector } = await opened(request.run);
        await applyBatch(ledger, targetOf(connector, request.target), run, request.batch, call, now);
      }),
    failBatch: (request: BatchRequest & { reason: string }): Promise<void> =>
      step(ledger, at(request.run, request.target), log, async () => {
        const { run, target, batch, reason } = request;
        const { connector } = await runOf(run);
        await settleOpenUsers(ledger, run, target, batch, { outcome: 'failed', reason });
        await failDueUsers(ledger, { connector, target, run }, batch, reason);
      }),
    reopenPlan: (request: { run: string; workflowId: string }): Promise<{ targets: readonly string[] }> =>
      step(ledger, at(request.run, 'source'), log, async () => {
        if (!(await reopenPlan(ledger, request.run, request.workflowId))) {
          throw new Failure('conflict', `The plan of run ${request.run} cannot be applied: it is not held any more.`, {
            remedy: 'It may be superseded, expired, rejected or applied already. Start a new run.',
          });
        }
        const { connector } = await opened(request.run);
        return { targets: [...connector.targets.keys()] };
      }),
    closeRun: (request: { run: string; ending: RunEnding }): Promise<Pick<Report, 'status'>> =>
      step(ledger, at(request.run, 'source'), log, async () => {
        const { connector } = await opened(request.run);
        await setPhase(ledger, request.run, 'close');
        const { status } = await closeRun(ledger, request.run, connector, request.ending);
        return { status };
      }),
  };
};

/** The activities as workflows see them: by type only. */
export type Activities = ReturnType<typeof createActivities>;
