import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { Failure } from '../../src/core/failure.ts';
import { closeRun, type RunEnding } from '../../src/engine/close.ts';
import type { Workflows } from '../../src/engine/settle.ts';
import { approvePlan, rejectPlan, takeUpPlan } from '../../src/ledger/runs/decisions.ts';
import { askCancel } from '../../src/ledger/runs/ending.ts';
import { createRun, findRun, type Run } from '../../src/ledger/runs/runs.ts';
import { type RunWorkflows, startJanitor, sweepRuns } from '../../src/temporal/janitor.ts';
import { planWorkflowId } from '../../src/temporal/run-workflows.ts';
import { newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const database = await freshDatabase();
const { ledger } = database;
after(database.close);

/** Temporal as far as runs need it: which workflows are open; it can be away, and a start can be done but unanswered. */
type Temporal = { open: Set<string>; away: boolean; mute: boolean };

const portOf = (temporal: Temporal): RunWorkflows => {
  const answers = (): void => {
    if (temporal.away) throw new Error('no answer');
  };
  return {
    graceMs: 0,
    closed: () => undefined,
    isOpen: async ({ workflowId }) => {
      answers();
      return temporal.open.has(workflowId);
    },
    cancel: async () => answers(),
    startPlan: async (run) => {
      answers();
      temporal.open.add(planWorkflowId(run));
      if (temporal.mute) throw new Error('no answer');
    },
  };
};

/** What should be so, worked out without a database. */
type Model = {
  status: Run['status'];
  open: boolean;
  planOpen: boolean;
  cancelAsked: boolean;
  approvals: number;
  /** Whether the run ever stood as a plan. */
  written: boolean;
};

const steps = [
  'approve',
  'reject',
  'cancel',
  'terminate',
  'terminatePlan',
  'janitor',
  'twoJanitors',
  'temporalAway',
  'temporalBack',
  'planTurn',
  'planDone',
  'holds',
  'done',
  'fails',
] as const;
type Step = (typeof steps)[number];

const unfinished = (status: Run['status']): boolean => status === 'running' || status === 'approved';

describe('a run and its workflow', () => {
  it('agree after a round of the janitor, whatever has happened, and every answer given was true', async () => {
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...steps), { maxLength: 24 }), async (sequence) => {
        serial += 1;
        const id = `modelled-${serial}`;
        await createRun(ledger, { ...newRun(id), workflowId: id });
        await sql`insert into change (run, target, person, attribute, pos, "foreign")
          values (${id}, 'jira', 'ann', 'field:phone', 0, false)`.execute(ledger.db);
        const temporal: Temporal = { open: new Set([id]), away: false, mute: false };
        const port = portOf(temporal);
        const model: Model = {
          status: 'running',
          open: true,
          planOpen: false,
          cancelAsked: false,
          approvals: 0,
          written: false,
        };
        for (const step of sequence) await take(step, id, temporal, port, model);
        temporal.away = false;
        await sweepRuns(ledger, port);
        janitor(model);
        const run = await findRun(ledger, id);
        assert.equal(run?.status, model.status, sequence.join(' '));
        const carried = temporal.open.has(run.workflowId) || temporal.open.has(planWorkflowId(id));
        if (unfinished(run.status)) assert.ok(carried, `${run.status} without a workflow`);
        else assert.ok(run.report !== null && run.report.status === run.status, 'it ended without a true report');
        await sql`update run set status = 'failed' where id = ${id}`.execute(ledger.db);
      }),
      { numRuns: 150 },
    );
  });

  const ending = (status: RunEnding['status']): RunEnding => ({
    status,
    failure: status === 'failed' ? { kind: 'unavailable', message: 'The source is away.' } : null,
  });

  /** What a janitor makes of the model while Temporal answers. */
  const janitor = (model: Model): void => {
    if (model.status === 'approved') {
      model.planOpen = true;
      return;
    }
    if (model.status !== 'running') return;
    if (model.approvals > 0 ? model.planOpen : model.open) return;
    model.status = model.cancelAsked ? 'cancelled' : model.approvals > 0 ? 'awaitingApproval' : 'failed';
  };

  const answersTruly = async (allowed: boolean, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
      assert.ok(allowed, 'it was done although it was not to be');
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      assert.ok(!allowed, `refused: ${error.message}`);
      assert.equal(error.kind, 'conflict');
    }
  };

  const take = async (step: Step, id: string, temporal: Temporal, port: RunWorkflows, model: Model): Promise<void> => {
    const decision = { run: id, who: 'ann', comment: null };
    const held = model.status === 'awaitingApproval' || model.status === 'planned';
    switch (step) {
      case 'approve':
        await answersTruly(held, () => approvePlan(ledger, decision));
        if (held) {
          model.status = 'approved';
          model.approvals += 1;
        }
        return;
      case 'reject':
        await answersTruly(held || model.status === 'approved', () => rejectPlan(ledger, decision));
        if (held || model.status === 'approved') model.status = 'rejected';
        return;
      case 'cancel': {
        const can = unfinished(model.status);
        await answersTruly(can, () => askCancel(ledger, id, 'ann'));
        if (model.status === 'approved') {
          await closeRun(ledger, id, ending('cancelled'));
          model.status = 'cancelled';
        } else if (can) model.cancelAsked = true;
        return;
      }
      case 'terminate':
        temporal.open.delete(id);
        model.open = false;
        return;
      case 'terminatePlan':
        temporal.open.delete(planWorkflowId(id));
        model.planOpen = false;
        return;
      case 'janitor':
      case 'twoJanitors': {
        const rounds = Array.from({ length: step === 'janitor' ? 1 : 2 }, () => sweepRuns(ledger, port));
        const asks = temporal.away && unfinished(model.status);
        for (const end of await Promise.allSettled(rounds)) assert.equal(end.status === 'rejected', asks);
        if (!asks) janitor(model);
        return;
      }
      case 'temporalAway':
      case 'temporalBack':
        temporal.away = step === 'temporalAway';
        return;
      case 'planTurn': {
        // The workflow of an approved plan has got its connector's lock.
        if (!model.planOpen) return;
        const can = model.status === 'approved' || (model.status === 'running' && model.approvals > 0);
        await answersTruly(can, () =>
          takeUpPlan(ledger, { run: id, workflowId: planWorkflowId(id), namespace: 'default' }),
        );
        if (can) model.status = 'running';
        return;
      }
      case 'planDone': {
        if (!model.planOpen || model.approvals === 0 || model.status !== 'running') return;
        await closeRun(ledger, id, ending('cancelled'));
        model.status = 'cancelled';
        return;
      }
      default: {
        // The run's own workflow comes to its end; a second end changes nothing.
        if (!model.open || model.approvals > 0) return;
        const status = step === 'holds' ? 'awaitingApproval' : step === 'done' ? 'done' : 'failed';
        const report = await closeRun(ledger, id, ending(status));
        // Its one change was never written: such a run is not done.
        if (model.status === 'running') model.status = status === 'done' ? 'failed' : status;
        assert.equal(report.status, model.status);
      }
    }
  };

  it('is watched without pause: a janitor goes on after an outage of Temporal, and says so meanwhile', async () => {
    await createRun(ledger, { ...newRun('watched'), workflowId: 'watched' });
    const temporal: Temporal = { open: new Set(['watched']), away: true, mute: false };
    const port = portOf(temporal);
    const logged: unknown[] = [];
    const rounds = { count: 0 };
    const counting: Workflows & RunWorkflows = {
      ...port,
      graceMs: 0,
      isOpen: async (run) => {
        rounds.count += 1;
        return port.isOpen(run);
      },
    };
    const janitor = startJanitor(ledger, counting, (error) => logged.push(error), 5);
    const upTo = async (count: number): Promise<void> => {
      while (rounds.count < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await upTo(3);
    await assert.rejects(janitor.ready(), /no answer/);
    assert.equal(logged.length, 1, 'an outage is said once');
    temporal.away = false;
    await upTo(rounds.count + 3);
    await janitor.ready();
    temporal.open.clear();
    while ((await findRun(ledger, 'watched'))?.status === 'running')
      await new Promise((resolve) => setTimeout(resolve, 5));
    await janitor.stop();
    assert.equal((await findRun(ledger, 'watched'))?.status, 'failed');
  });
});
