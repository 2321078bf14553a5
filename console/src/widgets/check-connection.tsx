import { Dialog } from '@base-ui/react/dialog';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { checkConnection } from '../api/targets.ts';
import { useSignedIn } from '../signed-in.tsx';
import { needs } from '../text/abilities.ts';
import { CheckLines } from './check-lines.tsx';
import { ProblemNotice } from './problem.tsx';

/** Looks at a connector's connections now; with an account also writes to that one and puts back what was there. */
export const CheckConnection = ({ connector, target }: { connector: string; target: string | null }) => {
  const { may } = useSignedIn();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [account, setAccount] = useState('');
  const check = useMutation({
    mutationFn: (test: boolean) =>
      checkConnection(connector, test && target !== null ? { account: account.trim(), target } : null),
    onSettled: () => void client.invalidateQueries({ queryKey: ['targets'] }),
  });
  const parts =
    check.data === undefined
      ? []
      : [['Directory', check.data.source] as const, ...Object.entries(check.data.targets)].filter(
          ([name]) => target === null || name === target,
        );
  const allowed = may('run');
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={!allowed}
        title={allowed ? undefined : needs('run')}
        onClick={() => {
          setOpen(true);
          check.mutate(false);
        }}
      >
        Check now
      </button>
      <Dialog.Root open={open} onOpenChange={setOpen}>
        <Dialog.Portal>
          <Dialog.Backdrop className="backdrop" />
          <Dialog.Popup className="dialog">
            <header>
              <Dialog.Title render={<h2 />}>Check of {target ?? connector}</Dialog.Title>
              <Dialog.Description className="muted small">
                Tests everything a run needs, in order. Nothing is written unless you name an account.
              </Dialog.Description>
            </header>
            <div className="body" aria-busy={check.isPending}>
              {check.isPending && <p className="muted">Looking…</p>}
              {check.error !== null && <ProblemNotice error={check.error} />}
              {parts.map(([name, lines]) => (
                <section key={name}>
                  <h3>{name}</h3>
                  <CheckLines lines={lines} />
                </section>
              ))}
              {target !== null && (
                <form
                  className="actions"
                  onSubmit={(event) => {
                    event.preventDefault();
                    check.mutate(true);
                  }}
                >
                  <label className="filter">
                    <span className="small muted">Write test on the account</span>
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
                    disabled={!may('configure') || account.trim() === '' || check.isPending}
                    title={may('configure') ? undefined : needs('configure')}
                  >
                    Write, read back and restore
                  </button>
                </form>
              )}
            </div>
            <footer>
              <Dialog.Close className="button">Close</Dialog.Close>
            </footer>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
};
