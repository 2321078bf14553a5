import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { compareVersions, listVersions, rollBack, type VersionDiff } from '../../api/connectors.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { needs } from '../../text/abilities.ts';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Confirm } from '../../widgets/forms/confirm.tsx';
import { Empty } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { Moment } from '../../widgets/time.tsx';
import { useDraft } from './draft.tsx';

/** The versions of a connector, what each changed, and the way back to one. */
export const VersionsPage = () => {
  const { id } = useParams({ from: '/connectors/$id' });
  const search = useSearch({ from: '/connectors/$id/versions' });
  const navigate = useNavigate({ from: '/connectors/$id/versions' });
  const { base, dirty } = useDraft();
  const { may } = useSignedIn();
  const client = useQueryClient();
  const [back, setBack] = useState<number | null>(null);
  const versions = useQuery({ queryKey: ['connector', id, 'versions', base.version], queryFn: () => listVersions(id) });
  const roll = useMutation({
    mutationFn: (to: number) => rollBack(id, to, null),
    onSuccess: (stored) => {
      setBack(null);
      client.setQueryData(['connector', id], stored);
      void client.invalidateQueries({ queryKey: ['connector', id] });
    },
  });
  const all = versions.data?.versions ?? [];
  const shown = search.version === undefined ? base.version : Number(search.version);
  const before = all.find(({ version }) => version < shown)?.version ?? null;
  const byFile = base.managedBy === 'file';
  return (
    <>
      {versions.error !== null && <ProblemNotice error={versions.error} retry={() => void versions.refetch()} />}
      {before !== null && <Differences id={id} from={before} to={shown} />}
      {versions.data !== undefined && before === null && (
        <Empty title={`Version ${shown} is the first`}>
          <span>There is no earlier version to compare it with.</span>
        </Empty>
      )}
      <Panel title="Versions">
        <DataTable
          rows={all}
          keyOf={({ version }) => String(version)}
          columns={[
            {
              head: 'Version',
              names: true,
              cell: ({ version }) => (
                <button
                  type="button"
                  className="row-name"
                  data-row-link
                  aria-current={version === shown}
                  onClick={() => void navigate({ search: { version: String(version) } })}
                >
                  {version}
                  {version === base.version ? ' (stands)' : ''}
                </button>
              ),
            },
            { head: 'Stored', cell: ({ at }) => <Moment at={at} /> },
            { head: 'By', cell: ({ by }) => by },
            { head: 'Comment', cell: ({ comment }) => <span className="muted">{comment}</span> },
            {
              head: <span className="visually-hidden">Go back</span>,
              cell: ({ version }) =>
                version !== base.version && (
                  <button
                    type="button"
                    className="button"
                    data-kind="quiet"
                    disabled={!may('configure') || byFile || dirty}
                    title={
                      byFile
                        ? 'It is defined in the file: take it over first'
                        : dirty
                          ? 'Save or discard your changes first'
                          : may('configure')
                            ? undefined
                            : needs('configure')
                    }
                    onClick={() => setBack(version)}
                  >
                    Back to {version}…
                  </button>
                ),
            },
          ]}
        />
      </Panel>
      <Confirm
        open={back !== null}
        title={`Back to version ${back ?? ''}`}
        action={`Store it as version ${base.version + 1}`}
        busy={roll.isPending}
        error={roll.error}
        close={() => setBack(null)}
        confirm={() => back !== null && roll.mutate(back)}
      >
        <p>
          Version {back} is stored again as the newest: nothing is lost, and the next run uses it. Values already
          written change with that run.
        </p>
        {back !== null && <Differences id={id} from={base.version} to={back} />}
      </Confirm>
      <Commands
        lines={[
          `attune config history ${id}`,
          ...(before === null ? [] : [curl('GET', `/api/connectors/${id}/versions/${before}/diff/${shown}`)]),
        ]}
      />
    </>
  );
};

const Differences = ({ id, from, to }: { id: string; from: number; to: number }) => {
  const diff = useQuery({
    queryKey: ['connector', id, 'diff', from, to],
    queryFn: () => compareVersions(id, from, to),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const differences = diff.data?.differences ?? [];
  return (
    <Panel title={`From version ${from} to ${to}`}>
      {diff.error !== null && <ProblemNotice error={diff.error} retry={() => void diff.refetch()} />}
      {diff.data !== undefined && differences.length === 0 && <Empty title="Both are the same" />}
      {differences.length > 0 && (
        <DataTable
          rows={differences}
          keyOf={({ path }) => path}
          columns={[
            { head: 'Place', names: true, cell: ({ path }) => <code>{path}</code> },
            { head: 'Before', cell: ({ before }) => <Written value={before} /> },
            { head: 'After', cell: ({ after }) => <Written value={after} /> },
          ]}
        />
      )}
    </Panel>
  );
};

const Written = ({ value }: { value: VersionDiff['differences'][number]['before'] }) =>
  value === null ? (
    <span className="muted">nothing</span>
  ) : (
    <code className="written">{typeof value === 'string' ? value : JSON.stringify(value, null, 1)}</code>
  );
