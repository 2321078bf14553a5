import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import { isRefusedPage } from './answers.ts';
import type { ProductAnswer, ProductRequest } from './connection.ts';
import { forbiddenFailure } from './failures.ts';
import type { Session } from './sign-in/session.ts';

/**
 * Asks for an administration page about one account. When the product refuses it, the same page about the service
 * account tells why: if that one opens, this account is protected (a system administrator, out of a plain
 * administrator's reach) and only it is left; otherwise the right is missing altogether and the run ends.
 */
export const openPage = async (
  session: Session,
  username: string,
  page: (username: string) => ProductRequest,
  call: Call,
): Promise<ProductAnswer> => {
  const answer = await session.send({ ...page(username), refusable: true }, call);
  if (!isRefusedPage(answer, session.baseUrl)) return answer;
  if (session.username === null) throw forbiddenFailure(session.party, session.right, answer);
  const own = await session.send({ ...page(session.username), refusable: true }, call);
  if (isRefusedPage(own, session.baseUrl)) throw forbiddenFailure(session.party, session.right, own);
  throw protectedAccount(session.party);
};

/** The service account may write others, but not this account. */
export const protectedAccount = (party: string): Failure =>
  new Failure('rejected', `${party} lets only a system administrator edit this account.`, {
    party,
    skips: 'protected',
    remedy: 'List it under never, or make the service account a system administrator.',
  });
