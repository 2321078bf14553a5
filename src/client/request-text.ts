import type { PlanWire } from '../api/schemas/plans.ts';
import { count } from './table.ts';

/** The requests that applying a plan takes at each target. */
export const requestTexts = ({ requests }: Pick<PlanWire['forecast'], 'requests'>): readonly string[] =>
  Object.entries(requests).flatMap(([target, sent]) => {
    if (sent === null || sent.reads + sent.writes === 0) return [];
    const all = sent.reads + sent.writes;
    return [
      `${count(all)} ${all === 1 ? 'request' : 'requests'} at ${target} (${count(sent.reads)} to read, ${count(sent.writes)} to write)`,
    ];
  });
