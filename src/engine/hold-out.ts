import type { TargetAttribute } from '../core/plan/fault.ts';
import type { GuardVerdict } from '../core/plan/guard.ts';
import { noteEnd } from '../ledger/notices/trouble.ts';
import type { Ledger } from '../ledger/open.ts';
import { takeOut } from '../ledger/plan/take-out.ts';
import { endRun } from '../ledger/runs/ending.ts';
import { composeReport } from '../ledger/runs/reports.ts';
import { createRun, findRun, pinRun, type Run, storeVerdict } from '../ledger/runs/runs.ts';
import { inTransaction } from '../ledger/transaction.ts';

/** The run that the held part of another run becomes. */
export const heldRunOf = (run: string): string => `${run}-held`;

/** What is held of a plan, why, and for how long. */
export type HeldOut = {
  readonly out: readonly TargetAttribute[];
  readonly verdict: GuardVerdict;
  readonly planMs: number;
};

/**
 * Moves the attributes at fault into a separate run, which awaits approval; their plan continues without them. All of
 * it or nothing.
 */
export const holdOut = async (ledger: Ledger, from: Run, { out, verdict, planMs }: HeldOut): Promise<void> =>
  inTransaction(ledger, async (trx) => {
    const within = { ...ledger, db: trx };
    const id = heldRunOf(from.id);
    const { connector, version, mode, workflowId, startedBy } = from;
    await createRun(within, {
      ...{ id, connector, version, mode, intent: 'apply', person: null, workflowId, startedBy },
      heldFrom: from.id,
    });
    await pinRun(within, { id, version, targets: [...new Set(out.map(({ target }) => target))], warnings: [] });
    await storeVerdict(within, id, verdict, planMs);
    await takeOut(within, { from: from.id, to: id, out });
    const held = await findRun(within, id);
    if (held === null) throw new Error('the ledger has lost a run that it has just stored');
    const report = await composeReport(within, held, { status: 'awaitingApproval', failure: null });
    await noteEnd(within, held, report);
    await endRun(within, id, { status: report.status, failure: null, report, planDays: 0, note: null });
  });
