import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { Account } from '../../targets/target.ts';
import type { OpenTarget } from '../open/connector.ts';

/** The one account of a username; throws `notFound` without one and `rejected` with several. */
export const theAccount = async (
  { id, findAccounts }: Pick<OpenTarget, 'id' | 'findAccounts'>,
  username: string,
  call: Call,
): Promise<Account> => {
  const found = await findAccounts({ by: 'username', value: username }, call);
  const [account, ...others] = found;
  if (account === undefined) {
    throw new Failure('notFound', `${id} has no account with this username.`, {
      party: id,
      remedy: 'Check the spelling at the target.',
    });
  }
  if (others.length === 0) return account;
  throw new Failure('rejected', `${id} has ${found.length} accounts with this username.`, {
    party: id,
    remedy: 'Only one of them can be meant: give them different usernames at the target.',
  });
};
