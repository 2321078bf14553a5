import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { listConnectors } from '../../api/connectors.ts';
import { countPeople, type EndCounts } from '../../api/people.ts';
import { asIntended } from '../../text/people.ts';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Empty, Page } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { OutcomeState } from '../../widgets/state.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { Filter } from '../../widgets/tables/filter.tsx';
import { count } from '../../widgets/time.tsx';
import { Exceptions } from './exceptions.tsx';
import { FindPerson } from './find-person.tsx';
import './people.css';

/** People: found by what they are called, and those who are not in tune by why. */
export const People = () => {
  const search = useSearch({ from: '/people' });
  const navigate = useNavigate({ from: '/people' });
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: listConnectors });
  const all = connectors.data?.connectors ?? [];
  const connector = search.connector ?? all[0]?.id;
  return (
    <Page title="People" lead="Everybody who is not listed here is in tune.">
      {connectors.error !== null && <ProblemNotice error={connectors.error} retry={() => void connectors.refetch()} />}
      {connectors.data !== undefined && connector === undefined && (
        <Empty title="No connector yet">
          <span>People are known once a connector has read them.</span>
        </Empty>
      )}
      {all.length > 1 && (
        <Filter
          label="Connector"
          all={all[0]?.id ?? ''}
          value={search.connector}
          choose={(value) => void navigate({ search: value === undefined ? {} : { connector: value } })}
          choices={all.slice(1).map(({ id }) => [id, id])}
        />
      )}
      {connector !== undefined && <FindPerson key={connector} connector={connector} />}
      {connector !== undefined && <Reasons connector={connector} />}
      {connector !== undefined && search.reason !== undefined && (
        <Exceptions
          connector={connector}
          filter={search}
          close={() => void navigate({ search: search.connector === undefined ? {} : { connector: search.connector } })}
        />
      )}
      {connector !== undefined && (
        <Commands
          lines={[
            `attune explain ${connector} <login, mail or id>`,
            curl('GET', `/api/connectors/${connector}/people/reasons`),
          ]}
        />
      )}
    </Page>
  );
};

type Reason = EndCounts['reasons'][number];

const Reasons = ({ connector }: { connector: string }) => {
  const counts = useQuery({ queryKey: ['people', connector, 'reasons'], queryFn: () => countPeople(connector) });
  const reasons = counts.data?.reasons ?? [];
  return (
    <Panel title="Not in tune, by why">
      {counts.error !== null && <ProblemNotice error={counts.error} retry={() => void counts.refetch()} />}
      {counts.data !== undefined && reasons.length === 0 && (
        <Empty title="Everybody is in tune">
          <span>Or nobody has been read yet: see the last run of everybody.</span>
        </Empty>
      )}
      {reasons.length > 0 && (
        <DataTable
          linked
          rows={reasons}
          keyOf={({ target, outcome, reason }) => `${target} ${outcome} ${reason}`}
          columns={[
            {
              head: 'People',
              number: true,
              cell: ({ target, outcome, reason, people }: Reason) => (
                <Link
                  to="/people"
                  search={{ connector, target, outcome, reason }}
                  data-row-link
                  aria-label={`${count(people)} people, ${reason} at ${target}`}
                >
                  {count(people)}
                </Link>
              ),
            },
            { head: 'Target', cell: ({ target }) => target },
            { head: 'How they ended', cell: ({ outcome }) => <OutcomeState outcome={outcome} /> },
            { head: 'Why', cell: ({ sentence }) => sentence },
            {
              head: 'What to do',
              cell: ({ remedy }) => <span className="muted">{remedy ?? asIntended}</span>,
            },
          ]}
        />
      )}
    </Panel>
  );
};
