import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { SourceId } from '../../core/values.ts';
import { linkByHand } from '../../ledger/links/manual-links.ts';
import type { Ledger } from '../../ledger/open.ts';
import { accountText } from '../account-text.ts';
import type { OpenConnector } from '../connector.ts';
import { withSlots } from '../lease.ts';
import { theAccount } from './account-by-name.ts';

/** Links a person to an account by hand, after a look that the target has it and that it may be written. */
export const linkUser = async (
  ledger: Ledger,
  connector: OpenConnector,
  asked: { readonly target: string; readonly person: SourceId; readonly account: string; readonly by: string },
  call: Call,
): Promise<{ readonly person: SourceId; readonly account: string }> => {
  const target = connector.targets.get(asked.target);
  if (target === undefined) {
    throw new Failure('config', `The connector ${connector.id} has no target ${asked.target}.`, {
      remedy: `It has: ${[...connector.targets.keys()].join(', ')}.`,
    });
  }
  const at = { id: asked.target, target };
  const account = await withSlots(ledger, at, true, call, (_slots, leased) => theAccount(at, asked.account, leased));
  if (target.target.protects(account)) {
    throw new Failure('rejected', 'This account is protected: Attune never writes to it.', {
      remedy: 'Link another one, or take it off the list `never` of the target.',
    });
  }
  const link = { connector: connector.id, target: asked.target, person: asked.person, by: asked.by };
  if (await linkByHand(ledger, { ...link, account: { key: account.key, text: accountText(account) } })) {
    return { person: asked.person, account: account.username };
  }
  throw new Failure('conflict', 'This account is linked by hand to somebody else.', {
    remedy: 'Take that link back first: attune unlink.',
  });
};
