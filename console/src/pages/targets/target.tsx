import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { getTarget, type Target } from '../../api/targets.ts';
import { kindNames } from '../../text/connectors.ts';
import { notAwaited } from '../../text/targets.ts';
import { CheckConnection } from '../../widgets/check-connection.tsx';
import { CheckLines } from '../../widgets/check-lines.tsx';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Empty, Page } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { Ago, count, Moment } from '../../widgets/time.tsx';
import { Slots } from './slots.tsx';
import './targets.css';

/** One target: its limits, what it got lately, and everything that was last seen of it. */
export const TargetPage = () => {
  const { id } = useParams({ from: '/targets/$id' });
  const target = useQuery({ queryKey: ['targets', id], queryFn: () => getTarget(id), refetchInterval: 5_000 });
  const [connector] = target.data?.connectors ?? [];
  return (
    <Page
      title={id}
      lead={
        target.data !== undefined && `${kindNames[target.data.kind] ?? target.data.kind} at ${target.data.url ?? ''}`
      }
      actions={connector !== undefined && <CheckConnection connector={connector} target={id} />}
    >
      {target.error !== null && <ProblemNotice error={target.error} retry={() => void target.refetch()} />}
      {target.data !== undefined && <Facts target={target.data} />}
      {target.data !== undefined && (
        <Panel title="Last check">
          {target.data.checks.length === 0 ? (
            <Empty title="Never checked">
              <span>A check tests sign-in, permissions, listings and forms, and writes nothing.</span>
            </Empty>
          ) : (
            target.data.checks.map((check) => (
              <div key={check.connector} className="body">
                <p className="muted small">
                  For {check.connector}, <Ago at={check.at} /> by {check.by}
                </p>
                <CheckLines lines={check.lines} />
              </div>
            ))
          )}
        </Panel>
      )}
      <Commands
        lines={[
          ...(connector === undefined ? [] : [`attune check ${connector}`]),
          curl('GET', `/api/targets/${encodeURIComponent(id)}`),
        ]}
      />
    </Page>
  );
};

const Facts = ({ target }: { target: Target }) => {
  const { writeHours, requests, connectors, throttled, away } = target;
  return (
    <Panel title="Load">
      <dl className="body facts">
        <div>
          <dt>Requests at once</dt>
          <dd>
            <Slots target={target} />
          </dd>
        </div>
        <div>
          <dt>Full runs write</dt>
          <dd>
            {writeHours === null
              ? 'at any hour'
              : `from ${writeHours.from} to ${writeHours.to}, ${writeHours.timeZone}`}
          </dd>
        </div>
        <div>
          <dt>Requests in 24 hours</dt>
          <dd>
            {count(requests.read)} read, {count(requests.write)} to write, {count(requests.listing)} for listings,{' '}
            {count(requests.login)} sign-ins
          </dd>
        </div>
        <div>
          <dt>429 answers</dt>
          <dd>
            {count(throttled.answers)} of {count(throttled.of)} requests counted so far
          </dd>
        </div>
        <div>
          <dt>Availability</dt>
          <dd>
            {away === null ? (
              notAwaited
            ) : (
              <span className="state" data-tone="bad">
                unavailable since <Moment at={away.since} />: {away.said}
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>Written by</dt>
          <dd>{connectors.join(', ')}</dd>
        </div>
      </dl>
    </Panel>
  );
};
