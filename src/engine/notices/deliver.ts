import { randomUUID } from 'node:crypto';
import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { Hook, Notice } from '../../core/report/notices.ts';
import type { SecretReference } from '../../core/secret.ts';
import { endNotice, noteSent, noticeToSend } from '../../ledger/notices/outbox.ts';
import type { Ledger } from '../../ledger/open.ts';

/** What notices are sent with: the current receivers of a connector, and how to send to one. */
export type NoticeDeps = {
  readonly ledger: Ledger;
  readonly hooksOf: (connector: string) => Promise<readonly Hook<SecretReference>[]>;
  readonly send: (hook: Hook<SecretReference>, notice: Notice, call: Call) => Promise<void>;
};

/**
 * Sends a notice to each receiver of its event that does not have it yet; throws the first failure after all have been
 * tried. A receiver may see the same id again if a process ends between its answer and the record of it.
 */
export const deliverNotice = async ({ ledger, hooksOf, send }: NoticeDeps, id: string, call: Call): Promise<void> => {
  const found = await noticeToSend(ledger, id);
  if (found === null) return;
  const { notice, sent } = found;
  const failures: unknown[] = [];
  for (const hook of await hooksOf(notice.connector)) {
    const receiver = receiverOf(hook);
    if (sent.includes(receiver) || !hook.on.some((event) => event === notice.event)) continue;
    try {
      await send(hook, notice, call);
      await noteSent(ledger, id, receiver);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  await endNotice(ledger, id, 'done');
};

/** Gives a notice up that was tried for long enough. */
export const giveNoticeUp = (ledger: Ledger, id: string): Promise<void> => endNotice(ledger, id, 'givenUp');

/** How a test of one receiver came out. */
export type TestedHook = { readonly receiver: string; readonly ok: boolean; readonly found: string };

/** Sends a notice that says it is a test to every receiver of a connector, and tells how each took it. */
export const testNotices = async (
  { hooksOf, send }: Omit<NoticeDeps, 'ledger'>,
  connector: string,
  now: number,
  call: Call,
): Promise<readonly TestedHook[]> => {
  const tested: TestedHook[] = [];
  for (const hook of await hooksOf(connector)) {
    const notice: Notice = {
      ...{ id: randomUUID(), event: 'test', connector, at: new Date(now).toISOString() },
      ...{ run: null, since: null, count: null, text: `${connector}: a test of its notices.`, remedy: null },
    };
    const receiver = receiverOf(hook);
    try {
      await send(hook, notice, call);
      tested.push({ receiver, ok: true, found: 'taken' });
    } catch (error) {
      if (!isFailure(error)) throw error;
      tested.push({ receiver, ok: false, found: error.sentence });
    }
  }
  return tested;
};

/** A receiver by the name of the secret that holds its address. */
const receiverOf = ({ webhook }: Hook<SecretReference>): string => ('env' in webhook ? webhook.env : webhook.file);
