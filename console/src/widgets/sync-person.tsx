import { Dialog } from '@base-ui/react/dialog';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { explain } from '../api/connectors.ts';
import type { Label } from '../api/people.ts';
import { getRun, syncPerson } from '../api/runs.ts';
import { useSettings } from '../settings.tsx';
import { useSignedIn } from '../signed-in.tsx';
import { readingPerson } from '../text/people.ts';
import { plainName } from '../text/rows.ts';
import { runSentence } from '../text/runs.ts';
import { ProblemNotice } from './problem.tsx';
import { OutcomeState, RunState } from './state.tsx';
import { Change } from './value.tsx';

/** Shows every value a run for one person will write, at every target, and runs it when told to. */
export const SyncPerson = ({
  connector,
  person,
  label,
  wrote,
  close,
}: {
  connector: string;
  person: string;
  label: Label | null;
  /** Told when the run has ended well. */
  wrote?: () => void;
  close: () => void;
}) => {
  const client = useQueryClient();
  const { may, progress } = useSignedIn();
  const { shown } = useSettings();
  const told = useQuery({
    queryKey: ['explain', connector, person, 'before'],
    queryFn: () => explain(connector, person),
    staleTime: 0,
    gcTime: 0,
  });
  const sync = useMutation({ mutationFn: () => syncPerson(connector, person) });
  const run = useQuery({
    queryKey: ['run', sync.data?.run ?? ''],
    queryFn: () => getRun(sync.data?.run ?? ''),
    enabled: sync.data !== undefined,
    // The stream tells; this is for the moment before it has.
    refetchInterval: (query) =>
      query.state.data?.status === 'running' || query.state.data === undefined ? 700 : false,
  });
  const ended = run.data !== undefined && run.data.status !== 'running';
  const writes = Object.values(told.data?.targets ?? {}).flatMap(({ attributes }) =>
    attributes.filter(({ decision }) => decision === 'set' || decision === 'clear'),
  ).length;
  const name = (shown ? (label?.name ?? label?.login) : null) ?? 'this person';
  const shut = (): void => {
    void client.invalidateQueries({ queryKey: ['person', connector, person] });
    void client.invalidateQueries({ queryKey: ['sample', connector] });
    if (run.data?.status === 'done') wrote?.();
    close();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && shut()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <header>
            <Dialog.Title render={<h2 />}>
              Sync <bdi>{name}</bdi>
            </Dialog.Title>
            <Dialog.Description className="muted small">
              {sync.data === undefined
                ? 'Everything that a run would write for one person now, including pending changes from other rows. The guard judges runs of everybody, not this one.'
                : 'The run continues even if you close this.'}
            </Dialog.Description>
          </header>
          <div className="body" aria-busy={told.isPending}>
            {told.isPending && <p className="muted">{readingPerson}</p>}
            {told.error !== null && <ProblemNotice error={told.error} retry={() => void told.refetch()} />}
            {Object.entries(told.data?.targets ?? {}).map(
              ([target, { attributes, outcome, sentence, remedy, account }]) => {
                const changes = attributes.filter(({ decision }) => decision === 'set' || decision === 'clear');
                return (
                  <section key={target} className="panel">
                    <header>
                      <h3>{target}</h3>
                      <OutcomeState outcome={outcome} />
                    </header>
                    {changes.length === 0 ? (
                      <p className="body muted">
                        Nothing to write. {sentence}
                        {account === null ? ` ${remedy ?? ''}` : ''}
                      </p>
                    ) : (
                      <table className="table">
                        <tbody>
                          {changes.map(({ attribute, before, after, foreign }) => (
                            <tr key={attribute}>
                              <th scope="row">{plainName(attribute)}</th>
                              <td>
                                <Change before={before} after={after} />{' '}
                                {foreign && (
                                  <span className="tag" data-tone="warn">
                                    not written by Attune
                                  </span>
                                )}
                              </td>
                            </tr>
                          ))}
                        </tbody>
                      </table>
                    )}
                  </section>
                );
              },
            )}
            {sync.error !== null && <ProblemNotice error={sync.error} />}
            {run.data !== undefined && (
              <p role="status" className="actions">
                <RunState status={run.data.status} /> {runSentence(run.data, progress.get(run.data.id) ?? null)}
                <Link to="/runs/$run" params={{ run: run.data.id }}>
                  Its run
                </Link>
                <Link to="/people/$connector/$person" params={{ connector, person }}>
                  The person
                </Link>
              </p>
            )}
          </div>
          <footer>
            <Dialog.Close className="button">{ended ? 'Close' : 'Cancel'}</Dialog.Close>
            {sync.data === undefined && (
              <button
                type="button"
                className="button"
                data-kind="primary"
                disabled={told.data === undefined || writes === 0 || !may('run') || sync.isPending}
                onClick={() => sync.mutate()}
              >
                {writes === 0 ? 'Nothing to write' : `Write ${writes} ${writes === 1 ? 'value' : 'values'}`}
              </button>
            )}
          </footer>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
