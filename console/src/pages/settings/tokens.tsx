import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Ability, abilities, abilityMeaning } from '../../../../src/core/abilities.ts';
import { addToken, listTokens, revokeToken } from '../../api/access.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { Confirm } from '../../widgets/forms/confirm.tsx';
import { Empty } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { Ago, Moment } from '../../widgets/time.tsx';

/** What people are usually given, by what they do. */
const presets: readonly (readonly [name: string, can: readonly Ability[]])[] = [
  ['Viewer', ['read']],
  ['Operator', ['read', 'values', 'run']],
  ['Approver', ['read', 'values', 'approve']],
  ['Admin', abilities],
];

/** The tokens there are, a new one, and the end of one. */
export const Tokens = () => {
  const client = useQueryClient();
  const { session } = useSignedIn();
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: listTokens });
  const [ending, setEnding] = useState<string | null>(null);
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSuccess: () => {
      setEnding(null);
      void client.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  const all = tokens.data?.tokens ?? [];
  return (
    <>
      <Panel title="Tokens">
        {tokens.error !== null && <ProblemNotice error={tokens.error} retry={() => void tokens.refetch()} />}
        {tokens.data !== undefined && all.length === 0 && <Empty title="No token" />}
        {all.length > 0 && (
          <DataTable
            rows={all}
            keyOf={({ name }) => name}
            columns={[
              { head: 'Name', names: true, cell: ({ name }) => name },
              { head: 'May', cell: ({ can }) => can.join(', ') },
              { head: 'Created by', cell: ({ createdBy }) => createdBy },
              {
                head: 'Last used',
                cell: ({ lastUsedAt }) =>
                  lastUsedAt === null ? <span className="muted">never</span> : <Ago at={lastUsedAt} />,
              },
              {
                head: 'Ends',
                cell: ({ expiresAt }) =>
                  expiresAt === null ? <span className="muted">when it is revoked</span> : <Moment at={expiresAt} />,
              },
              {
                head: <span className="visually-hidden">Revoke</span>,
                cell: ({ name }) => (
                  <button
                    type="button"
                    className="button"
                    data-kind="quiet"
                    aria-label={`Revoke ${name}`}
                    onClick={() => setEnding(name)}
                  >
                    Revoke…
                  </button>
                ),
              },
            ]}
          />
        )}
      </Panel>
      <NewToken />
      <Confirm
        open={ending !== null}
        title={`Revoke ${ending ?? ''}`}
        action="Revoke"
        danger
        busy={revoke.isPending}
        error={revoke.error}
        close={() => setEnding(null)}
        confirm={() => ending !== null && revoke.mutate(ending)}
      >
        <p>
          Anyone using it is refused from then on.
          {ending === session.name && ' You are signed in with it and will be signed out.'}
        </p>
      </Confirm>
    </>
  );
};

const NewToken = () => {
  const client = useQueryClient();
  const { may } = useSignedIn();
  const [name, setName] = useState('');
  const [can, setCan] = useState<readonly Ability[]>(['read']);
  const [days, setDays] = useState('90');
  const made = useMutation({
    mutationFn: () => addToken({ name: name.trim(), can, days: days.trim() === '' ? null : Number(days) }),
    // Kept by nobody but this page until it is left.
    gcTime: 0,
    onSuccess: () => {
      setName('');
      void client.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  return (
    <Panel title="Create a token">
      <form
        className="body token-form"
        onSubmit={(event) => {
          event.preventDefault();
          made.mutate();
        }}
      >
        <div className="actions">
          <label className="filter">
            <span className="small muted">Name</span>
            <input className="input" required value={name} onChange={({ target }) => setName(target.value)} />
          </label>
          <label className="filter">
            <span className="small muted">Valid for how many days; empty: until revoked</span>
            <input
              className="input"
              type="number"
              min={1}
              max={3650}
              value={days}
              onChange={({ target }) => setDays(target.value)}
            />
          </label>
          <span className="actions">
            {presets
              .filter(([, wanted]) => wanted.every(may))
              .map(([preset, wanted]) => (
                <button key={preset} type="button" className="button" onClick={() => setCan(wanted)}>
                  {preset}
                </button>
              ))}
          </span>
        </div>
        <fieldset className="abilities">
          <legend className="small muted">It may</legend>
          {abilities.map((ability) => (
            <label key={ability} className="check">
              <input
                type="checkbox"
                checked={can.includes(ability)}
                disabled={!may(ability)}
                onChange={({ target }) =>
                  setCan(target.checked ? [...can, ability] : can.filter((one) => one !== ability))
                }
              />
              <span>
                <strong>{ability}</strong> <span className="muted">{abilityMeaning[ability]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {made.error !== null && <ProblemNotice error={made.error} />}
        {made.data !== undefined && (
          <div className="notice" data-tone="ok" role="status">
            <strong>{made.data.name} is made. Its text is shown this once:</strong>
            <p>
              <code className="secret">{made.data.token}</code>
            </p>
          </div>
        )}
        <span className="actions">
          <button
            type="submit"
            className="button"
            data-kind="primary"
            disabled={name.trim() === '' || can.length === 0 || made.isPending}
          >
            Create token
          </button>
        </span>
      </form>
    </Panel>
  );
};
