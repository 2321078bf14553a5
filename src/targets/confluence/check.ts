import type { Call } from '../../core/call.ts';
import { unexpectedFailure } from '../atlassian/failures.ts';
import type { Session } from '../atlassian/sign-in/session.ts';

/**
 * Proves that Confluence answers and accepts the service account (`GET /rest/api/user/current`). No REST resource
 * tells an administrator's right; the first administration page does.
 */
export const check = async (session: Session, call: Call): Promise<void> => {
  const answer = await session.send({ method: 'GET', route: '/rest/api/user/current', kind: 'login' }, call);
  if (answer.status !== 200) throw unexpectedFailure(session.party, answer, 'the service account');
};
