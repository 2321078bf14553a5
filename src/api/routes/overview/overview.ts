import { isFailure } from '../../../core/failure.ts';
import { type HealthRun, healthOf, type Waiting } from '../../../core/report/health.ts';
import { staleAfterMs } from '../../../core/report/stale.ts';
import type { ScheduleEntry, ScheduleState } from '../../../core/schedules/schedule.ts';
import { type ConnectorVersion, listConnectors } from '../../../ledger/connectors.ts';
import { lastRunsOfEach } from '../../../ledger/runs/run-list.ts';
import type { Run } from '../../../ledger/runs/runs.ts';
import { allWithoutRunSince } from '../../../ledger/runs/standing.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { OverviewWire } from '../../schemas/overview.ts';
import { runSummary } from '../../views/run.ts';
import { scheduleViews } from '../../views/schedule.ts';

/** How many of the last runs of each connector are shown. */
const runsShown = 30;

/** Shows all connectors at a glance. */
export const overviewRoutes = (app: Api, { ledger, config, schedules }: ApiParts): void => {
  /** Its schedules and their states; none if the scheduler does not answer, which the health of the parts shows. */
  const schedulesOf = async ({ connector, definition }: ConnectorVersion): Promise<Scheduled> => {
    try {
      const entries = config.readDefinition(definition).connector.schedules;
      return { entries, states: await schedules.states(connector, entries) };
    } catch {
      return { entries: [], states: [] };
    }
  };
  const kindsOf = (one: ConnectorVersion): { source: string; targets: string[] } => {
    try {
      const { source, to } = config.readDefinition(one.definition).connector;
      return { source: source.kind, targets: to.map(({ target }) => target) };
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { source: 'unknown', targets: [] };
    }
  };

  const waitingOf = (
    one: ConnectorVersion,
    states: readonly ScheduleState[],
    since: ReadonlyMap<string, Date>,
  ): Waiting => {
    const from = (since.get(one.connector) ?? one.createdAt).toISOString();
    try {
      return { since: from, staleAfterMs: staleAfterMs(config.readDefinition(one.definition).connector, states) };
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { since: from, staleAfterMs: null };
    }
  };

  app.get(
    '/api/overview',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getOverview',
        summary: 'What awaits a decision, the state of each connector and its cause, its last runs and its next run',
        response: answers({ 200: OverviewWire }),
      },
    },
    async () => {
      const [connectors, runs, since] = await Promise.all([
        listConnectors(ledger),
        lastRunsOfEach(ledger, runsShown),
        allWithoutRunSince(ledger),
      ]);
      const now = Date.now();
      const shown = await Promise.all(
        connectors.map(async (one) => {
          const last = runs.get(one.connector) ?? [];
          const { entries, states } = await schedulesOf(one);
          const read = last.find(({ report, mode }) => mode !== 'delta' && report?.read.complete === true);
          return {
            id: one.connector,
            ...kindsOf(one),
            managedBy: one.managedBy,
            version: one.version,
            health: healthOf(last.map(healthRun), states, waitingOf(one, states, since), now),
            schedules: [...scheduleViews(entries, states)],
            lastDone: last.find(isDone)?.finishedAt?.toISOString() ?? null,
            next: states.flatMap(({ next }) => next).sort()[0] ?? null,
            people: read?.report?.read.users ?? null,
            runs: last.map(runSummary),
          };
        }),
      );
      const held = [...runs.values()].flat().filter((run) => isHeld(run, now));
      return { held: held.map(runSummary), connectors: shown };
    },
  );
};

type Scheduled = { readonly entries: readonly ScheduleEntry[]; readonly states: readonly ScheduleState[] };

const isDone = ({ status, intent }: Run): boolean =>
  intent === 'apply' && (status === 'done' || status === 'doneWithFailures');

const isHeld = ({ status, planExpiresAt }: Run, now: number): boolean =>
  status === 'awaitingApproval' && planExpiresAt !== null && planExpiresAt.getTime() > now;

const healthRun = (run: Run): HealthRun => ({
  id: run.id,
  status: run.status,
  intent: run.intent,
  startedAt: run.startedAt.toISOString(),
  finishedAt: run.finishedAt?.toISOString() ?? null,
  failure: run.failure,
  warnings: run.report?.warnings ?? [],
});
