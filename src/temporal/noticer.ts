import type { Client } from '@temporalio/client';
import { openNotices } from '../ledger/notices/outbox.ts';
import { noteStale, type Patience } from '../ledger/notices/trouble.ts';
import type { Ledger } from '../ledger/open.ts';

/** Sends notices as they are written; `look` has it look at once, `stop` waits for a round under way. */
export type Noticer = { readonly look: () => void; readonly stop: () => Promise<void> };

const everyMs = 30_000;
const startMs = 10_000;

/** Has the notices of the ledger sent, each by its own workflow, which any number of workers may start. */
export const startSending = async (ledger: Ledger, client: Client, queue: string): Promise<void> => {
  for (const notice of await openNotices(ledger)) {
    await client.connection.withDeadline(Date.now() + startMs, () =>
      client.workflow.start('sendNotice', {
        args: [{ notice }],
        taskQueue: queue,
        workflowId: `sendNotice/${notice}`,
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: 'a notice of a change of state',
      }),
    );
  }
};

/** Looks every half a minute, and when told to, for connectors that are stale by now and for notices to be sent. */
export const startNoticer = (
  ledger: Ledger,
  patience: () => Promise<readonly Patience[]>,
  send: () => Promise<void>,
  log: (error: unknown) => void,
): Noticer => {
  let isOver = false;
  let trouble = false;
  let round: Promise<void> | null = null;
  let again = false;
  const look = async (): Promise<void> => {
    do {
      again = false;
      try {
        await noteStale(ledger, await patience());
        await send();
        trouble = false;
      } catch (error) {
        // Said once for a whole outage.
        if (!trouble && !isOver) log(error);
        trouble = true;
      }
    } while (again && !isOver);
  };
  const begin = (): void => {
    if (isOver) return;
    again = round !== null;
    round ??= look().finally(() => {
      round = null;
    });
  };
  const timer = setInterval(begin, everyMs);
  begin();
  return {
    look: begin,
    stop: async () => {
      isOver = true;
      clearInterval(timer);
      await round;
    },
  };
};
