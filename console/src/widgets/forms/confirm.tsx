import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../problem.tsx';

/** Asks before something is done: what it means stands inside. */
export const Confirm = ({
  open,
  title,
  action,
  danger = false,
  busy,
  error,
  disabled = false,
  close,
  confirm,
  children,
}: {
  open: boolean;
  title: ReactNode;
  action: string;
  danger?: boolean;
  busy: boolean;
  error: unknown;
  disabled?: boolean;
  close: () => void;
  confirm: () => void;
  children: ReactNode;
}) => (
  <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
    <Dialog.Portal>
      <Dialog.Backdrop className="backdrop" />
      <Dialog.Popup className="dialog">
        <header>
          <Dialog.Title render={<h2 />}>{title}</Dialog.Title>
        </header>
        <div className="body">
          {children}
          {error != null && <ProblemNotice error={error} />}
        </div>
        <footer>
          <Dialog.Close className="button">Cancel</Dialog.Close>
          <button
            type="button"
            className="button"
            data-kind={danger ? 'danger' : 'primary'}
            disabled={busy || disabled}
            onClick={confirm}
          >
            {action}
          </button>
        </footer>
      </Dialog.Popup>
    </Dialog.Portal>
  </Dialog.Root>
);
