import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useBlocker, useParams } from '@tanstack/react-router';
import { getConnector, handOver } from '../../api/connectors.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { kindNames } from '../../text/connectors.ts';
import { Page } from '../../widgets/page.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { SyncNow } from '../../widgets/sync-now.tsx';
import { Ago } from '../../widgets/time.tsx';
import { DraftProvider, useDraft } from './draft.tsx';
import { ThreeWay } from './three-way.tsx';
import './tabs.css';

/** A connector with its pages. */
export const ConnectorPage = () => {
  const { id } = useParams({ from: '/connectors/$id' });
  const connector = useQuery({ queryKey: ['connector', id], queryFn: () => getConnector(id) });
  if (connector.error !== null) {
    return (
      <Page title={id}>
        <ProblemNotice error={connector.error} retry={() => void connector.refetch()} />
      </Page>
    );
  }
  if (connector.data === undefined) return <Page title={id}>{null}</Page>;
  return (
    <DraftProvider key={id} connector={connector.data}>
      <Inside id={id} />
    </DraftProvider>
  );
};

const tabs = [
  { to: '/connectors/$id/mapping', text: 'Mapping' },
  { to: '/connectors/$id/settings', text: 'Settings' },
  { to: '/connectors/$id/schedules', text: 'Schedules' },
  { to: '/connectors/$id/guard', text: 'Guard' },
  { to: '/connectors/$id/versions', text: 'Versions' },
  { to: '/connectors/$id/document', text: 'Document' },
] as const;

const Inside = ({ id }: { id: string }) => {
  const { base, dirty, drop, save, saving, refusal, theirs, definition } = useDraft();
  const { may } = useSignedIn();
  const byFile = base.managedBy === 'file';
  useBlocker({
    shouldBlockFn: ({ next }) => dirty && !next.pathname.startsWith(`/connectors/${id}/`) && !window.confirm(leaving),
    enableBeforeUnload: () => dirty,
  });
  const targets = Object.entries(definition.targets);
  return (
    <Page
      title={id}
      lead={
        <>
          {kindNames[definition.connector.source.kind] ?? definition.connector.source.kind} to{' '}
          {targets.map(([name]) => name).join(' and ')} · version {base.version}, <Ago at={base.changedAt} /> by{' '}
          {base.changedBy}
          {base.comment === null ? '' : `: ${base.comment}`}
        </>
      }
      actions={<SyncNow connector={id} />}
    >
      {byFile && <ByFile id={id} />}
      {dirty && (
        <div className="notice" data-tone="warn">
          <strong>Not saved yet</strong>
          <span className="actions">
            <button type="button" className="button" onClick={drop}>
              Discard the changes
            </button>
            <button
              type="button"
              className="button"
              data-kind="primary"
              disabled={saving || byFile || !may('configure')}
              onClick={() => void save()}
            >
              {saving ? 'Saving' : 'Save'}
            </button>
          </span>
          <p>The next run still works by version {base.version}.</p>
        </div>
      )}
      {refusal !== null && <ProblemNotice error={refusal} />}
      {theirs !== null && <ThreeWay theirs={theirs} />}
      <nav className="tabs" aria-label={`Pages of ${id}`}>
        {tabs.map(({ to, text }) => (
          <Link key={to} to={to} params={{ id }} activeOptions={{ includeSearch: false }}>
            {text}
          </Link>
        ))}
      </nav>
      <Outlet />
    </Page>
  );
};

const leaving = 'What you changed here is not saved. Leave it?';

/** A connector of the file is shown, not edited; whoever may configure can take it over. */
const ByFile = ({ id }: { id: string }) => {
  const { may } = useSignedIn();
  const client = useQueryClient();
  const take = useMutation({
    mutationFn: () => handOver(id, 'api'),
    onSuccess: (taken) => {
      client.setQueryData(['connector', id], taken);
      void client.invalidateQueries({ queryKey: ['connectors'] });
    },
  });
  return (
    <>
      <div className="notice">
        <strong>This connector is defined in the file that Attune was started with</strong>
        {may('configure') && (
          <span className="actions">
            <button type="button" className="button" disabled={take.isPending} onClick={() => take.mutate()}>
              Take it over
            </button>
          </span>
        )}
        <p>
          Edit it there and restart, or take it over to edit it here; the file then no longer changes it. Meanwhile, you
          can try everything here, but not save it.
        </p>
      </div>
      {take.error !== null && <ProblemNotice error={take.error} />}
    </>
  );
};
