import type { FailureKind } from '../failure.ts';
import type { RunIntent, RunStatus } from './report.ts';

/** The state of a connector: as intended, worth a look, in need of action, or not known yet. */
export type HealthState = 'ok' | 'warning' | 'critical' | 'unknown';

/** Why a connector is as it is, and what can be done about it; `run` is the one to look at. */
export type HealthReason = {
  readonly code:
    | 'neverRun'
    | 'failing'
    | 'held'
    | 'plannedOnly'
    | 'stale'
    | 'failedPeople'
    | 'warned'
    | 'paused'
    | 'notSet'
    | 'inTune';
  readonly text: string;
  readonly remedy: string | null;
  readonly run: string | null;
};

/** The health of a connector: `since` is the moment its first reason holds from (ISO 8601), null where none is known. */
export type Health = {
  readonly state: HealthState;
  readonly since: string | null;
  readonly reasons: readonly HealthReason[];
};

/** A run of everybody as far as health goes; moments in ISO 8601. */
export type HealthRun = {
  readonly id: string;
  readonly status: RunStatus;
  readonly intent: RunIntent;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly failure: { readonly kind: FailureKind; readonly message: string } | null;
  readonly warnings: readonly string[];
};

/** A schedule as far as health goes. */
export type HealthSchedule = { readonly isSet: boolean; readonly paused: boolean; readonly next: readonly string[] };

/** Since when (ISO 8601) it has been without a run of everybody carried out, and how long it may be; null for ever. */
export type Waiting = { readonly since: string; readonly staleAfterMs: number | null };

const isGood = ({ status, intent }: HealthRun): boolean =>
  intent === 'apply' && (status === 'done' || status === 'doneWithFailures');

const failing: Partial<Record<FailureKind, string>> = {
  auth: 'Renew the credential, then check the connection.',
  forbidden: 'Give the account the missing permission, then check the connection.',
  config: 'Correct the document, then run again.',
};

/**
 * Works out how a connector is from its runs of everybody, the newest first, and from its schedules: a state with its
 * reasons, the worst first, and not the colour of the last run.
 */
export const healthOf = (
  runs: readonly HealthRun[],
  schedules: readonly HealthSchedule[],
  waiting: Waiting,
  now: number,
): Health => {
  const ended = runs.filter(({ status }) => status !== 'running' && status !== 'approved' && status !== 'skipped');
  const [last] = ended;
  const good = ended.find(isGood);
  const notes = [...scheduleReasons(schedules), ...warned(ended)];
  const late = stale(waiting, last?.id ?? null, now);
  const isStale: Health | null =
    late === null ? null : { state: 'critical', since: waiting.since, reasons: [late, ...notes] };
  if (last === undefined) {
    if (isStale !== null) return isStale;
    const reason = {
      code: 'neverRun',
      text: 'It has never run.',
      remedy: 'Plan for everybody first; this compares and writes nothing.',
      run: null,
    } as const;
    return { state: 'unknown', since: null, reasons: [reason, ...notes] };
  }
  if (last.status === 'failed') {
    const streak = ended.slice(0, ended.findIndex((run) => run.status !== 'failed') + 1 || ended.length);
    const first = streak.filter(({ status }) => status === 'failed').at(-1) ?? last;
    const reason = {
      code: 'failing',
      text: last.failure?.message ?? 'Its last run failed.',
      remedy: failing[last.failure?.kind ?? 'unavailable'] ?? 'Check the connection; the next run tries again.',
      run: last.id,
    } as const;
    return { state: 'critical', since: first.startedAt, reasons: [reason, ...notes] };
  }
  if (last.status === 'awaitingApproval') {
    const reason = {
      code: 'held',
      text: 'The guard holds a plan: it would change more than is allowed.',
      remedy: 'Look at the plan and decide.',
      run: last.id,
    } as const;
    return { state: 'critical', since: last.finishedAt ?? last.startedAt, reasons: [reason, ...notes] };
  }
  if (isStale !== null) return isStale;
  if (good === undefined) {
    const reason = {
      code: 'plannedOnly',
      text: 'There is a plan, but nothing has been written yet.',
      remedy: 'If the plan is right, sync everybody.',
      run: last.id,
    } as const;
    return { state: 'unknown', since: last.startedAt, reasons: [reason, ...notes] };
  }
  const since = good.finishedAt ?? good.startedAt;
  if (good.status === 'doneWithFailures') {
    const reason = {
      code: 'failedPeople',
      text: 'Everybody is in tune except some people whose writes failed.',
      remedy: 'See who they are and why; the next run tries them again.',
      run: good.id,
    } as const;
    return { state: 'warning', since, reasons: [reason, ...notes] };
  }
  const inTune = { code: 'inTune', text: 'Everybody is in tune.', remedy: null, run: good.id } as const;
  return { state: notes.length === 0 ? 'ok' : 'warning', since, reasons: [...notes, inTune] };
};

/** Behind the times: no run of everybody was carried out for longer than the document lets it be. */
const stale = ({ since, staleAfterMs }: Waiting, run: string | null, now: number): HealthReason | null => {
  if (staleAfterMs === null || now - Date.parse(since) <= staleAfterMs) return null;
  return {
    code: 'stale',
    text: `No run of everybody has been carried out since ${since.slice(0, 16).replace('T', ' ')} UTC, for longer than \`staleAfter\` lets it be.`,
    remedy: 'See what its last runs say, and whether a worker is running.',
    run,
  };
};

const scheduleReasons = (schedules: readonly HealthSchedule[]): HealthReason[] => {
  const paused = schedules.filter((one) => one.paused).length;
  const unset = schedules.filter((one) => !one.isSet).length;
  return [
    ...(paused === 0
      ? []
      : [
          {
            code: 'paused',
            text: paused === schedules.length ? 'Its schedules are paused.' : `${paused} of its schedules are paused.`,
            remedy: 'Resume them under Schedules.',
            run: null,
          } as const,
        ]),
    ...(unset === 0
      ? []
      : [
          {
            code: 'notSet',
            text: `${unset} of its schedules ${unset === 1 ? 'is' : 'are'} not set in Temporal.`,
            remedy: 'Store the document again; this sets them or says what is wrong.',
            run: null,
          } as const,
        ]),
  ];
};

/** What the last report warned of, such as a credential that ends soon. */
const warned = (ended: readonly HealthRun[]): HealthReason[] =>
  (ended[0]?.warnings ?? []).map((text) => ({ code: 'warned', text, remedy: null, run: ended[0]?.id ?? null }));
