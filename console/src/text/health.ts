import type { Health, HealthState } from '../../../src/core/report/health.ts';
import type { Tone } from './runs.ts';

/** The tone of each state of health. */
export const healthTones: Readonly<Record<HealthState, Tone>> = {
  ok: 'ok',
  warning: 'warn',
  critical: 'bad',
  unknown: 'quiet',
};

const words: Partial<Record<Health['reasons'][number]['code'], string>> = {
  neverRun: 'Never run',
  failing: 'Failing since',
  held: 'Held since',
  plannedOnly: 'Planned only,',
  stale: 'Stale: last carried out',
  failedPeople: 'In tune except for some people,',
};

/** How a connector is, before the moment since when. */
export const healthWords = ({ reasons: [first] }: Health): string => words[first?.code ?? 'inTune'] ?? 'In tune';
