import { Menu } from '@base-ui/react/menu';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { startRun } from '../api/runs.ts';
import { useSignedIn } from '../signed-in.tsx';
import { needs } from '../text/abilities.ts';
import { ProblemNotice } from './problem.tsx';

/** Starts a run: the plan first, since it writes nothing. */
export const SyncNow = ({ connector }: { connector: string }) => {
  const navigate = useNavigate();
  const { may } = useSignedIn();
  const start = useMutation({
    mutationFn: ([mode, intent]: readonly ['full' | 'delta' | 'verify', 'apply' | 'plan']) =>
      startRun(connector, mode, intent),
    onSuccess: ({ run }) => navigate({ to: '/runs/$run', params: { run } }),
  });
  const allowed = may('run');
  return (
    <>
      {start.error !== null && <ProblemNotice error={start.error} />}
      <button
        type="button"
        className="button"
        disabled={!allowed || start.isPending}
        title={allowed ? 'Compares everybody and writes nothing' : needs('run')}
        onClick={() => start.mutate(['full', 'plan'])}
      >
        Plan for everybody
      </button>
      <Menu.Root>
        <Menu.Trigger className="button" disabled={!allowed || start.isPending}>
          Sync now
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={6} align="end">
            <Menu.Popup className="menu">
              <Menu.Item onClick={() => start.mutate(['full', 'apply'])}>
                Everybody
                <span className="muted small">Writes what differs; the guard holds plans that are too large</span>
              </Menu.Item>
              <Menu.Item onClick={() => start.mutate(['delta', 'apply'])}>
                What changed since the last run
                <span className="muted small">Reads only the directory's changes</span>
              </Menu.Item>
              <Menu.Item onClick={() => start.mutate(['verify', 'apply'])}>
                Everybody, reading every value
                <span className="muted small">Finds what was edited by hand at the targets; takes longest</span>
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </>
  );
};
