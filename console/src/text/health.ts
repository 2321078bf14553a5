import type { RunSummary } from '../api/runs.ts';
import type { Tone } from './runs.ts';

/** How a connector is, why, since when, and what to do about it. */
export type Health = {
  readonly text: string;
  readonly tone: Tone;
  readonly since: string | null;
  readonly remedy: string | null;
};

/** Works out how a connector is from its runs of everybody, newest first: a state, not the colour of the last run. */
export const healthOf = (runs: readonly RunSummary[]): Health => {
  const ended = runs.filter(({ status }) => status !== 'running' && status !== 'skipped');
  const last = ended[0];
  const good = ended.find(
    ({ status, intent }) => intent === 'apply' && (status === 'done' || status === 'doneWithFailures'),
  );
  if (last === undefined) {
    return {
      text: 'Never run',
      tone: 'quiet',
      since: null,
      remedy: 'Plan for everybody first: it compares and writes nothing.',
    };
  }
  if (last.status === 'failed') {
    return {
      text: 'Failing since',
      tone: 'bad',
      since: last.startedAt,
      remedy: last.failure?.message ?? 'See its last run.',
    };
  }
  if (last.status === 'awaitingApproval') {
    return {
      text: 'Held since',
      tone: 'warn',
      since: last.finishedAt ?? last.startedAt,
      remedy: 'The guard found more changes than it lets through: look at the plan and decide.',
    };
  }
  if (good === undefined) {
    return {
      text: 'Planned only',
      tone: 'info',
      since: null,
      remedy: 'Nothing was ever written: sync everybody when the plan is right.',
    };
  }
  const since = good.finishedAt ?? good.startedAt;
  if (good.status === 'doneWithFailures') {
    return {
      text: 'In tune but for some people,',
      tone: 'warn',
      since,
      remedy: 'The last run tells who failed and why.',
    };
  }
  return { text: 'In tune', tone: 'ok', since, remedy: null };
};
