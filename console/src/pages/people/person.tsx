import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { explain } from '../../api/connectors.ts';
import { getPerson } from '../../api/people.ts';
import { useSettings } from '../../settings.tsx';
import { useSignedIn } from '../../signed-in.tsx';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Page } from '../../widgets/page.tsx';
import { personName } from '../../widgets/person-name.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { SyncPerson } from '../../widgets/sync-person.tsx';
import { AtTarget } from './at-target.tsx';
import { ManualLink } from './manual-link.tsx';
import './person.css';
import { needs, needsToken } from '../../text/abilities.ts';
import { readingPerson } from '../../text/people.ts';
import { Said } from './said.tsx';
import { Timeline } from './timeline.tsx';

const tabs = [
  { tab: undefined, text: 'Now' },
  { tab: 'timeline', text: 'Timeline' },
  { tab: 'link', text: 'Link by hand' },
] as const;

/** One person: what the directory says, what becomes of it at each target, what runs have changed, and the link by hand. */
export const PersonPage = () => {
  const { connector, person } = useParams({ from: '/people/$connector/$person' });
  const { tab } = useSearch({ from: '/people/$connector/$person' });
  const { may } = useSignedIn();
  const { shown } = useSettings();
  const [syncing, setSyncing] = useState(false);
  const known = useQuery({
    queryKey: ['people', connector, 'person', person],
    queryFn: () => getPerson(connector, person),
    enabled: may('values'),
  });
  const told = useQuery({
    queryKey: ['person', connector, person],
    queryFn: () => explain(connector, person),
    staleTime: 60_000,
    enabled: may('values'),
  });
  const label = known.data?.label ?? null;
  const login = label?.login ?? null;
  return (
    <Page
      title="Person"
      heading={personName(person, label, shown)}
      lead={
        <>
          {shown && login !== null && (
            <>
              <bdi>{login}</bdi> ·{' '}
            </>
          )}
          {connector} · <code>{person}</code>
        </>
      }
      actions={
        <>
          <button
            type="button"
            className="button"
            disabled={told.isFetching || !may('values')}
            onClick={() => void told.refetch()}
          >
            Explain again
          </button>
          <button
            type="button"
            className="button"
            data-kind="primary"
            disabled={!may('run') || !may('values')}
            title={may('run') && may('values') ? undefined : needs('values', 'run')}
            onClick={() => setSyncing(true)}
          >
            Sync now…
          </button>
        </>
      }
    >
      {!may('values') && (
        <div className="notice">
          <strong>Showing people {needsToken('values')}</strong>
          <p>What the directory and the targets say about a person consists of personal values.</p>
        </div>
      )}
      {may('values') && (
        <nav className="tabs" aria-label="About this person">
          {tabs.map(({ tab: to, text }) => (
            <Link
              key={text}
              to="/people/$connector/$person"
              params={{ connector, person }}
              search={to === undefined ? {} : { tab: to }}
              aria-current={tab === to ? 'page' : undefined}
            >
              {text}
            </Link>
          ))}
        </nav>
      )}
      {tab === undefined && (
        <>
          {told.error !== null && <ProblemNotice error={told.error} retry={() => void told.refetch()} />}
          {told.isFetching && told.data === undefined && <p className="muted">{readingPerson}</p>}
          {told.data !== undefined && <Said told={told.data} />}
          {told.data !== undefined &&
            Object.keys(told.data.targets).map((target) => <AtTarget key={target} told={told.data} target={target} />)}
        </>
      )}
      {tab === 'timeline' && may('values') && <Timeline connector={connector} person={person} />}
      {tab === 'link' && may('values') && (
        <ManualLink connector={connector} person={person} targets={Object.keys(told.data?.targets ?? {})} />
      )}
      {syncing && <SyncPerson connector={connector} person={person} label={label} close={() => setSyncing(false)} />}
      <Commands
        lines={[
          `attune explain ${connector} ${person}`,
          `attune sync ${connector} --user ${person}`,
          curl('POST', `/api/connectors/${connector}/explain`, { user: person }),
        ]}
      />
    </Page>
  );
};
