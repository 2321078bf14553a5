import { Failure } from '../../core/failure.ts';
import type { SourceId } from '../../core/values.ts';
import { linkByHand } from '../../ledger/links/manual-links.ts';
import { accountText } from '../account-text.ts';
import { withOneSlot } from '../apply/lease.ts';
import { type Asking, targetAt } from '../work.ts';
import { theAccount } from './account-by-name.ts';

/** Links a person to an account by hand, after a look that the target has it and that it may be written. */
export const linkUser = async (
  { ledger, connector, call }: Asking,
  asked: { readonly target: string; readonly person: SourceId; readonly account: string; readonly by: string },
): Promise<{ readonly person: SourceId; readonly account: string }> => {
  const target = targetAt({ ledger, connector, call }, asked.target);
  const account = await withOneSlot({ ledger, call }, target, (leased) => theAccount(target, asked.account, leased));
  if (target.protects(account)) {
    throw new Failure('rejected', 'This account is protected: Attune never writes to it.', {
      remedy: "Link another account, or remove this one from the target's list `never`.",
    });
  }
  const link = { connector: connector.id, target: asked.target, person: asked.person, by: asked.by };
  if (await linkByHand(ledger, { ...link, account: { key: account.key, text: accountText(account) } })) {
    return { person: asked.person, account: account.username };
  }
  throw new Failure('conflict', 'This account is linked by hand to somebody else.', {
    remedy: 'Remove that link first: attune unlink.',
  });
};
