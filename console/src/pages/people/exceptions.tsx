import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import { countPeople, listPeople } from '../../api/people.ts';
import { useSettings } from '../../settings.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { personName } from '../../widgets/person-name.tsx';
import { OutcomeState } from '../../widgets/state.tsx';
import { PagesEnd, usePages } from '../../widgets/tables/pages.tsx';
import { VirtualTable } from '../../widgets/tables/virtual-table.tsx';
import { count } from '../../widgets/time.tsx';

type Filter = { readonly target?: string; readonly outcome?: string; readonly reason?: string };

/** The people of one reason, read on as one scrolls. */
export const Exceptions = ({
  connector,
  filter: { target, outcome, reason },
  close,
}: {
  connector: string;
  filter: Filter;
  close: () => void;
}) => {
  const { shown } = useSettings();
  const filter = {
    ...(target === undefined ? {} : { target }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(reason === undefined ? {} : { reason }),
  };
  const counts = useQuery({ queryKey: ['people', connector, 'reasons'], queryFn: () => countPeople(connector) });
  const list = usePages(['people', connector, filter], (cursor) =>
    listPeople(connector, { ...filter, cursor, limit: 500 }),
  );
  const rows = list.pages?.flatMap((page) => page.people) ?? [];
  const total =
    counts.data?.reasons
      .filter((one) => one.reason === reason && (target === undefined || one.target === target))
      .reduce((sum, { people }) => sum + people, 0) ?? rows.length;
  const { hasMore, isBusy, more } = list;
  const near = useCallback(() => {
    if (hasMore && !isBusy) more();
  }, [hasMore, isBusy, more]);
  return (
    <Panel
      title={rows[0]?.sentence ?? 'People'}
      aside={
        <span className="actions">
          <span className="muted small">
            {count(total)} people{target === undefined ? '' : ` at ${target}`}
          </span>
          <button type="button" className="button" data-kind="quiet" onClick={close}>
            Close
          </button>
        </span>
      }
    >
      {rows.length > 0 && (
        <VirtualTable
          label="People of this reason"
          rows={rows}
          total={Math.max(total, rows.length)}
          heads={['Person', 'Target', 'How they ended', 'Why']}
          keyOf={(row) => `${row.target} ${row.person}`}
          near={near}
          cells={(row) => [
            <Link key="name" to="/people/$connector/$person" params={{ connector, person: row.person }}>
              {personName(row.person, row.label, shown)}
            </Link>,
            row.target,
            <OutcomeState key="outcome" outcome={row.outcome} />,
            row.sentence,
          ]}
        />
      )}
      {list.error !== null && <PagesEnd of={list} />}
    </Panel>
  );
};
