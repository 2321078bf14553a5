import type { Run } from '../../api/runs.ts';
import { partyName } from '../../text/runs.ts';
import { Moment } from '../../widgets/time.tsx';

type WaitingFor = NonNullable<Run['progress']>['waitingFor'][number];

/** What a run waits for just now: what was said, since when, and until when at the latest. */
export const Waiting = ({ parties }: { parties: readonly WaitingFor[] }) =>
  parties.map(({ party, since, until, said }) => (
    <div className="notice" data-tone="warn" role="status" key={party}>
      <strong>Waiting for {partyName(party)}</strong>
      <p>
        {said} It has been unavailable since <Moment at={since} />. Attune keeps trying
        {until === null ? (
          '.'
        ) : (
          <>
            {' '}
            until <Moment at={until} /> and then gives up.
          </>
        )}
      </p>
    </div>
  ));
