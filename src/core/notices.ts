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

/** What a notice says of the run it is about. */
export const noticeOf = (
  event: NoticeEvent,
  { run, connector, guard, failure, failures }: Report,
  since: string | null,
): NoticeFacts => {
  const about = { run, since, count: null, remedy: null };
  const people = `See \`attune report ${run} --people\`.`;
  switch (event) {
    case 'awaitingApproval': {
      const count = guard?.breaches.length ?? 0;
      const remedy = `See \`attune report ${run}\`, then \`attune approve ${run}\` or \`attune reject ${run}\`.`;
      return {
        ...about,
        count,
        remedy,
        text: `${connector}: the guard holds the plan of run ${run}; nothing was written.`,
      };
    }
    case 'failed': {
      const why = failure === null ? '' : ` (${failure.kind}): ${failure.message}`;
      return { ...about, text: `${connector}: run ${run} failed${why}`, remedy: `See \`attune check ${connector}\`.` };
    }
    case 'newFailures':
      return {
        ...about,
        count: failures.new,
        remedy: people,
        text: `${connector}: run ${run} failed for people who had not failed in this way before.`,
      };
    default:
      return { ...about, text: `${connector}: run ${run} was carried out; the connector works again.` };
  }
};

/** One receiver of notices: where its address and its signing key stand, and which events it is told. */
export type Hook<Reference> = {
  readonly webhook: Reference;
  readonly key: Reference;
  readonly on: readonly NoticeEvent[];
};
