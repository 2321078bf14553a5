import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type FoundPeople, searchPeople } from '../../api/people.ts';
import { useSettings } from '../../settings.tsx';
import { useSignedIn } from '../../signed-in.tsx';
import { needsToken } from '../../text/abilities.ts';
import { Empty } from '../../widgets/page.tsx';
import { personName } from '../../widgets/person-name.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { Value } from '../../widgets/value.tsx';

/** Finds somebody by name, login or mail: among those whom runs have met, else at the directory itself. */
export const FindPerson = ({ connector }: { connector: string }) => {
  const { may } = useSignedIn();
  const { shown } = useSettings();
  const [text, setText] = useState('');
  const [found, setFound] = useState<FoundPeople['people']>([]);
  const search = useMutation({
    mutationFn: async ({ directory = false, cursor = null }: { directory?: boolean; cursor?: string | null }) => {
      const page = await searchPeople(connector, { text, directory, cursor });
      setFound((before) => (cursor === null ? page.people : [...before, ...page.people]));
      return { ...page, directory };
    },
  });
  const { data } = search;
  if (!may('values')) {
    return (
      <div className="notice">
        <strong>Searching by name {needsToken('values')}</strong>
        <p>People who are not in tune are still listed below by id.</p>
      </div>
    );
  }
  return (
    <section className="panel" aria-label="Find somebody">
      <form
        className="body people-search"
        onSubmit={(event) => {
          event.preventDefault();
          search.mutate({});
        }}
      >
        <input
          className="input"
          type="search"
          data-search
          aria-label="Name, login or mail"
          placeholder="Name, login or mail"
          // A name is a personal value: the browser is to keep none.
          autoComplete="off"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <button className="button" data-kind="primary" type="submit" disabled={text.trim() === '' || search.isPending}>
          {search.isPending ? 'Searching' : 'Find'}
        </button>
      </form>
      {search.error !== null && (
        <ProblemNotice error={search.error} retry={() => search.mutate(search.variables ?? {})} />
      )}
      {data !== undefined && found.length === 0 && data.next === null && (
        <Empty
          title={
            data.directory
              ? 'The directory knows nobody with that login or mail address'
              : 'No run has seen anybody with that name'
          }
        >
          <span>
            {data.directory
              ? 'Check the spelling; a newly created person can take minutes to appear.'
              : 'Type the beginning of a first or last name, login or mail address. To find a new person, ask the directory with the full login, mail address or id.'}
          </span>
          {!data.directory && (
            <button type="button" className="button" onClick={() => search.mutate({ directory: true })}>
              Ask the directory
            </button>
          )}
        </Empty>
      )}
      {found.length > 0 && (
        <DataTable
          linked
          label="People found"
          rows={found}
          keyOf={({ person }) => person}
          columns={[
            {
              head: 'Person',
              cell: ({ person, label }) => (
                <Link to="/people/$connector/$person" params={{ connector, person }} data-row-link>
                  {personName(person, label, shown)}
                </Link>
              ),
            },
            { head: 'Login', cell: ({ label }) => <Value value={label?.login ?? null} none="not known" /> },
            { head: 'Mail', cell: ({ label }) => <Value value={label?.mail ?? null} none="none" /> },
          ]}
        />
      )}
      {data?.next != null && (
        <div className="body">
          <button
            type="button"
            className="button"
            disabled={search.isPending}
            onClick={() => search.mutate({ cursor: data.next })}
          >
            Search further
          </button>
        </div>
      )}
    </section>
  );
};
