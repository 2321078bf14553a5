import { breachesSentence } from '../plan/likely-cause.ts';
import type { Report } from './report.ts';

/**
 * What a notice reports: a plan that awaits approval, a run of everybody that failed, people with new failures, no run
 * carried out for too long, recovery from either, and values of leavers about to be cleared. `test` is sent when
 * somebody asks for it.
 */
export const noticeEvents = ['awaitingApproval', 'failed', 'newFailures', 'stale', 'recovered', 'leaverDue'] as const;
export type NoticeEvent = (typeof noticeEvents)[number];

/** What is wrong with a connector as far as its notices have told; null for nothing. */
export type Trouble = 'failed' | 'stale';

/** What a notice says beside its event. Ids, counts and sentences; never a personal value. */
export type NoticeFacts = {
  readonly run: string | null;
  /** Since when (ISO) it has been so: the last run carried out of a stale connector, the first failure of a recovered one. */
  readonly since: string | null;
  /** How many it is about: thresholds exceeded, people who failed anew, leavers. */
  readonly count: number | null;
  readonly text: string;
  readonly remedy: string | null;
};

/** A notice as it is sent. */
export type Notice = NoticeFacts & {
  readonly id: string;
  readonly event: NoticeEvent | 'test';
  readonly connector: string;
  readonly at: string;
};

/** What the end of a run changes, given what was told before: the events to tell, and the trouble from then on. */
export const changedBy = (
  report: Pick<Report, 'status' | 'failures'>,
  before: { readonly trouble: Trouble | null; readonly isHeld: boolean },
): { readonly events: readonly NoticeEvent[]; readonly trouble: Trouble | null } => {
  const { trouble } = before;
  switch (report.status) {
    case 'failed':
      return { events: trouble === 'failed' ? [] : ['failed'], trouble: 'failed' };
    case 'awaitingApproval':
      return { events: before.isHeld ? [] : ['awaitingApproval'], trouble };
    case 'done':
    case 'doneWithFailures': {
      const failures = report.failures.new > 0 ? (['newFailures'] as const) : [];
      return { events: [...(trouble === null ? [] : (['recovered'] as const)), ...failures], trouble: null };
    }
    default:
      return { events: [], trouble };
  }
};

/** What the row of a run knows beyond its report: until when its plan can be decided on, and what was noted about it. */
type Noted = { readonly planExpiresAt: Date | null; readonly note: string | null };

/** What a notice says of the run it is about. */
export const noticeOf = (event: NoticeEvent, report: Report, noted: Noted, since: string | null): NoticeFacts => {
  const { run, connector, guard, failure, failures } = report;
  const about = { run, since, count: null, remedy: null };
  switch (event) {
    case 'awaitingApproval':
      return {
        ...about,
        count: guard?.breaches.length ?? 0,
        remedy: `See \`attune plan ${run}\`, then \`attune approve ${run}\` or \`attune reject ${run}\`.`,
        text: heldText(report, noted),
      };
    case 'failed': {
      const why = failure === null ? '' : ` (${failure.kind}): ${failure.message}`;
      return { ...about, text: `${connector}: run ${run} failed${why}`, remedy: `See \`attune check ${connector}\`.` };
    }
    case 'newFailures':
      return {
        ...about,
        count: failures.new,
        remedy: `See \`attune report ${run} --people\`.`,
        text: `${connector}: run ${run} failed for people who had not failed in this way before.`,
      };
    default:
      return { ...about, text: `${connector}: run ${run} was carried out; the connector works again.` };
  }
};

/** What is held, why in one sentence, and until when it can be decided on. */
const heldText = ({ run, connector, guard, heldFrom, targets }: Report, { planExpiresAt, note }: Noted): string => {
  const breaches = guard?.breaches ?? [];
  const isBegun = Object.values(targets).some(({ updated }) => updated > 0);
  const what = isBegun
    ? `the first people of run ${run} are written; the rest awaits approval.`
    : heldFrom !== null
      ? `the guard holds a part of run ${heldFrom} as run ${run}; the rest was not held.`
      : breaches.length > 0
        ? `the guard holds the plan of run ${run}; nothing was written.`
        : `the plan of run ${run} awaits approval.`;
  const why = breaches.length > 0 && !isBegun ? breachesSentence(breaches) : note;
  const until = planExpiresAt === null ? null : `The plan expires at ${planExpiresAt.toISOString()}.`;
  return [`${connector}: ${what}`, why, until].filter((part) => part !== null).join(' ');
};

/** One receiver of notices: where its address and its signing key stand, and which events it is told. */
export type Hook<Reference> = {
  readonly webhook: Reference;
  readonly key: Reference;
  readonly on: readonly NoticeEvent[];
};
