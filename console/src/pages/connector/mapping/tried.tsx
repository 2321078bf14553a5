import { useMemo } from 'react';
import type { PreviewValue } from '../../../preview/preview.ts';
import { statsOf } from '../../../preview/stats.ts';
import type { LivePreview } from '../../../preview/use-preview.ts';
import { whyText } from '../../../text/rows.ts';
import { DecisionTag } from '../../../widgets/decision.tsx';
import { Change, Value } from '../../../widgets/value.tsx';
import { SampleList } from './sample-list.tsx';

/** Somebody of the sample, and the targets they have an account at. */
export type Sampled = {
  readonly id: string;
  readonly name: string;
  readonly login: string;
  readonly linked: readonly string[];
};

/** What the mapping as it stands in the editor makes of the sample: in figures, for the person in view, and for each. */
export const Tried = ({
  live,
  isBegun,
  target,
  attribute,
  limit,
  sampled,
  chosen,
  personName,
  valueNow,
}: {
  live: LivePreview;
  /** Whether the row says yet where the value comes from. */
  isBegun: boolean;
  target: string;
  attribute: string;
  /** How long a value the target takes, where that is known. */
  limit: number | undefined;
  sampled: readonly Sampled[];
  chosen: number;
  personName: string | null;
  valueNow: PreviewValue | null;
}) => {
  const ends = live.preview?.ok ? live.preview.ends : [];
  const stats = useMemo(() => statsOf(ends, target, attribute, null), [ends, target, attribute]);
  return (
    <div className="tried" aria-busy={live.stale}>
      {!isBegun ? (
        <div className="notice">
          <strong>Choose where the value comes from</strong>
          <p>What it gives to each of {sampled.length} people is then shown here.</p>
        </div>
      ) : live.preview !== null && !live.preview.ok && !live.stopped ? (
        <div className="notice" data-tone="bad">
          <strong>This mapping cannot be run as it is</strong>
          <p>{live.preview.message}</p>
        </div>
      ) : (
        <>
          {live.stopped && (
            <div className="notice" data-tone="bad" role="alert">
              <strong>Stopped after a second</strong>
              <p>This expression takes too long for {sampled.length} people. Simplify it.</p>
            </div>
          )}
          <dl className="figures">
            <Figure name="get a value" value={stats.withValue} of={stats.people} />
            <Figure name="stay empty" value={stats.empty} of={stats.people} />
            {stats.kept > 0 && <Figure name="keep theirs" value={stats.kept} of={stats.people} />}
            <Figure name="different values" value={stats.distinct} />
            <Figure name={limit === undefined ? 'longest' : `longest, of ${limit}`} value={stats.longest} />
            {stats.failed > 0 && <Figure name="fail" value={stats.failed} of={stats.people + stats.failed} />}
          </dl>
          {personName !== null && valueNow !== null && (
            <div className="in-view" data-stale={live.stale}>
              <span className="muted small">{personName}</span>
              <span className="big">
                {valueNow.decision === 'set' || valueNow.decision === 'clear' ? (
                  <Change before={valueNow.before} after={valueNow.after} />
                ) : (
                  <Value value={valueNow.after} />
                )}{' '}
                <DecisionTag decision={valueNow.decision} why={valueNow.why} />
              </span>
              <span className="muted small">{whyText(valueNow)}</span>
            </div>
          )}
          <SampleList
            people={sampled}
            ends={ends}
            target={target}
            attribute={attribute}
            stale={live.stale}
            chosen={chosen}
          />
        </>
      )}
    </div>
  );
};

const Figure = ({ name, value, of }: { name: string; value: number; of?: number }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {value}
      {of !== undefined && <span className="muted"> of {of}</span>}
    </dd>
  </div>
);
