import { fallOf } from '../../core/report/coverage.ts';
import type { CoverageOfRun } from '../../ledger/runs/coverage.ts';
import type { CoverageWire } from '../schemas/overview.ts';

/** Coverage as it leaves the API, from that of some runs, the newest first. */
export const coverageView = (runs: readonly CoverageOfRun[]): CoverageWire => {
  const [newest] = runs;
  if (newest === undefined) return { last: null, attributes: [] };
  return {
    last: { run: newest.run, at: newest.at.toISOString() },
    attributes: newest.attributes.map((now) => {
      const history = runs.toReversed().flatMap(({ run, at, attributes }) => {
        const then = attributes.find((one) => one.target === now.target && one.attribute === now.attribute);
        return then === undefined
          ? []
          : [{ run, at: at.toISOString(), people: then.people, withValue: then.withValue }];
      });
      const fall = fallOf(history);
      return {
        ...now,
        empty: now.people - now.withValue,
        history,
        fell: fall === null ? null : { run: fall.run, at: fall.at },
      };
    }),
  };
};
