import { z } from 'zod';
import { differencesOf } from '../../config/differences.ts';
import { likelyCause, planSentence } from '../../core/plan/likely-cause.ts';
import { endOfWriting, type WriteHours } from '../../core/plan/write-hours.ts';
import type { JsonObject } from '../../core/values.ts';
import { connectorVersion, currentConnector } from '../../ledger/connectors.ts';
import type { Ledger } from '../../ledger/open.ts';
import { alikeChanges } from '../../ledger/plan/alike-changes.ts';
import { measuredPace, type PlannedAttribute, planCounts } from '../../ledger/plan/plan-counts.ts';
import { lastApplied, laterApplied } from '../../ledger/runs/reference-run.ts';
import type { Run } from '../../ledger/runs/runs.ts';
import type { ApiParts } from '../parts.ts';
import type { PlanWire } from '../schemas/plans.ts';

/** The plan of a run as it leaves the API; it holds counts, names of the document and ids, never a value of a person. */
export const planView = async (
  ledger: Ledger,
  run: Run,
  now: number,
  requestsAt: ApiParts['config']['requestsAt'],
): Promise<PlanWire> => {
  // Each goes through all changes of the plan: one beside the other, since somebody waits for the page.
  const [{ people, attributes }, alike] = await Promise.all([planCounts(ledger, run.id), alikeChanges(ledger, run.id)]);
  const figures = run.guard?.figures ?? [];
  const breaches = run.guard?.breaches ?? [];
  const sinceApplied = await sinceLastApplied(ledger, run);
  const expired = run.planExpiresAt !== null && run.planExpiresAt.getTime() <= now;
  const waits = run.status === 'awaitingApproval' || run.status === 'planned';
  const circumstances = {
    breaches,
    attributes,
    version: run.version,
    since:
      sinceApplied === null
        ? null
        : { version: sinceApplied.version, paths: sinceApplied.differences.map(({ path }) => path) },
    directory: sinceApplied?.directory ?? { before: null, now: null },
  };
  return {
    run: run.id,
    connector: run.connector,
    version: run.version,
    mode: run.mode,
    intent: run.intent,
    status: run.status,
    person: run.person,
    digest: run.planDigest,
    expiresAt: run.planExpiresAt?.toISOString() ?? null,
    expired: waits && expired,
    decidable: waits && !expired,
    judged: run.person === null,
    sentence: planSentence(circumstances),
    cause: likelyCause(circumstances),
    people,
    changes: attributes.reduce((sum, one) => sum + one.filled + one.replaced + one.cleared, 0),
    figures: [...figures],
    attributes: attributes.map((one) => ({
      ...one,
      breach: breaches.some(({ target, attribute }) => target === one.target && attribute === one.attribute),
    })),
    sinceApplied,
    stale: await staleness(ledger, run),
    forecast: await forecast(ledger, run, { attributes, alike }, now, requestsAt),
    heldFrom: run.heldFrom,
    holds: run.holds,
    supersededBy: run.supersededBy,
    note: run.note,
    decision: run.decision,
  };
};

/** What has changed since the last run of everybody that was applied: the document, and the size of the directory. */
const sinceLastApplied = async (ledger: Ledger, run: Run): Promise<PlanWire['sinceApplied']> => {
  const last = await lastApplied(ledger, run);
  if (last === null) return null;
  const [before, after] = await Promise.all(
    [last.version, run.version].map((version) => connectorVersion(ledger, run.connector, version)),
  );
  const differences = differencesOf(before?.definition ?? null, after?.definition ?? null);
  return {
    run: last.run,
    version: last.version,
    differences: differences.map(({ path, before: was, after: is }) => ({ path, before: was, after: is })),
    directory: { before: last.users, now: run.report?.read.complete === true ? run.report.read.users : null },
  };
};

/** What has moved on since a plan was made: the version of its connector that stands now, and a run carried out since. */
export const staleness = async (ledger: Ledger, run: Run): Promise<PlanWire['stale']> => {
  const current = await currentConnector(ledger, run.connector);
  const version = current === null || current.version === run.version ? null : current.version;
  return { version, newerRun: await laterApplied(ledger, run) };
};

const hoursOf = z.looseObject({
  writeHours: z.object({ from: z.string(), to: z.string(), timeZone: z.string() }).nullish(),
});

/** What is planned, by attribute, and what is left of it in people whose changes are alike. */
type Planned = {
  readonly attributes: readonly PlannedAttribute[];
  readonly alike: Awaited<ReturnType<typeof alikeChanges>>;
};

/**
 * What is left of a plan to be written: the requests that it takes at the targets as the document has them today, and the
 * time at the pace measured lately, within the hours of its targets.
 */
const forecast = async (
  ledger: Ledger,
  run: Run,
  { attributes, alike }: Planned,
  now: number,
  requestsAt: ApiParts['config']['requestsAt'],
): Promise<PlanWire['forecast']> => {
  const definition = (await currentConnector(ledger, run.connector))?.definition ?? {};
  const targets = [...new Set(attributes.map(({ target }) => target))];
  const ends = await Promise.all(
    targets.map(async (target) => {
      const changes = attributes.filter((one) => one.target === target).reduce((sum, { open }) => sum + open, 0);
      const pace = await measuredPace(ledger, target);
      const seconds = changes === 0 ? 0 : pace === null ? null : changes / pace;
      const requests = requestsAt(definition, target)?.(alike.get(target) ?? []) ?? null;
      const hours = run.person === null ? writeHours(definition, target) : null;
      const end = endOfWriting(hours, now, (seconds ?? 0) * 1000);
      return { target, changes, requests, seconds, ...end };
    }),
  );
  const isMeasured = ends.every(({ seconds }) => seconds !== null);
  const pauses = ends.flatMap(({ pausesAt, changes }) => (pausesAt === null || changes === 0 ? [] : [pausesAt]));
  return {
    requests: Object.fromEntries(ends.map(({ target, requests }) => [target, requests])),
    seconds: isMeasured ? Math.max(0, ...ends.map(({ seconds }) => seconds ?? 0)) : null,
    pausesAt: pauses.length === 0 ? null : new Date(Math.min(...pauses)).toISOString(),
    endsAt: isMeasured ? new Date(Math.max(now, ...ends.map(({ endsAt }) => endsAt))).toISOString() : null,
  };
};

const writeHours = ({ targets }: JsonObject, target: string): WriteHours | null => {
  const settings = z.record(z.string(), hoursOf).safeParse(targets);
  return settings.success ? (settings.data[target]?.writeHours ?? null) : null;
};
