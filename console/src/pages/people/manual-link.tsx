import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { linkPerson, unlinkPerson } from '../../api/connectors.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { needs } from '../../text/abilities.ts';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';

/** Links a person to an account whatever the match finds, and takes such a link back. */
export const ManualLink = ({
  connector,
  person,
  targets,
}: {
  connector: string;
  person: string;
  targets: readonly string[];
}) => {
  const { may } = useSignedIn();
  const client = useQueryClient();
  const [target, setTarget] = useState<string | null>(null);
  const [account, setAccount] = useState('');
  const at = target ?? targets[0] ?? '';
  const change = useMutation({
    mutationFn: (what: 'link' | 'unlink') =>
      what === 'link' ? linkPerson(connector, person, at, account.trim()) : unlinkPerson(connector, person, at),
    onSuccess: () => {
      setAccount('');
      void client.invalidateQueries({ queryKey: ['person', connector, person] });
    },
  });
  const allowed = may('configure');
  return (
    <Panel title="Link by hand">
      <form
        className="body link-form"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate('link');
        }}
      >
        <p className="muted">
          A link by hand overrides the match: from the next run on, this is the person’s account. What Attune wrote to
          another account before is kept there.
        </p>
        <div className="actions">
          <label className="filter">
            <span className="small muted">Target</span>
            <select className="select" value={at} onChange={(event) => setTarget(event.target.value)}>
              {targets.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label className="filter">
            <span className="small muted">Username of the account</span>
            <input
              className="input"
              autoComplete="off"
              value={account}
              onChange={(event) => setAccount(event.target.value)}
            />
          </label>
          <button
            type="submit"
            className="button"
            data-kind="primary"
            disabled={!allowed || at === '' || account.trim() === '' || change.isPending}
            title={allowed ? undefined : needs('configure')}
          >
            Link
          </button>
          <button
            type="button"
            className="button"
            disabled={!allowed || at === '' || change.isPending}
            onClick={() => change.mutate('unlink')}
          >
            Remove the link
          </button>
        </div>
        {change.error !== null && <ProblemNotice error={change.error} />}
        {change.isSuccess && (
          <p role="status">
            {change.variables === 'link' ? 'Linked. The next run works with this account.' : 'The link is removed.'}
          </p>
        )}
      </form>
    </Panel>
  );
};
