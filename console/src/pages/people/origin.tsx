import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Why, whyValue } from '../../api/connectors.ts';
import { fromText } from '../../text/rows.ts';
import { Moment } from '../../widgets/time.tsx';

const origins: Readonly<Record<Why['origin'], string>> = {
  written: 'written by Attune',
  adopted: 'found equal and adopted',
  foreign: 'not Attune’s',
  changedSince: 'changed at the target since',
  forgotten: 'Attune’s own, by a run that is no longer kept',
  unknown: 'unknown',
};

/** Where the value that stands there came from: asked of the target only when somebody wants to know. */
export const Origin = ({ target, account, attribute }: { target: string; account: string; attribute: string }) => {
  const asked = useMutation({ mutationFn: () => whyValue(target, account, attribute) });
  if (asked.error !== null) return <span className="small problem">{asked.error.message}</span>;
  if (asked.data === undefined) {
    return (
      <button
        type="button"
        className="button"
        data-kind="quiet"
        disabled={asked.isPending}
        onClick={() => asked.mutate()}
      >
        Why
      </button>
    );
  }
  const { origin, write, rows } = asked.data;
  return (
    <span className="small">
      {origins[origin]}
      {write !== null && (
        <>
          {' '}
          <Moment at={write.at} /> by the run{' '}
          <Link to="/runs/$run" params={{ run: write.run }}>
            {write.run.slice(0, 8)}
          </Link>
          , version {write.version}, started by {write.startedBy}
        </>
      )}
      {rows.length > 0 && (
        <span className="muted">
          {' '}
          · row {rows.map(({ row }) => row + 1).join(', ')}:{' '}
          <code>{rows.map(({ from }) => fromText(from)).join(' or ')}</code>
        </span>
      )}
    </span>
  );
};
