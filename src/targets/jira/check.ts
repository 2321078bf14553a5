import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import { forbiddenFailure } from '../atlassian/failures.ts';
import { readJson } from '../atlassian/json.ts';
import type { Session } from '../atlassian/sign-in/session.ts';

const permissions = z.object({
  permissions: z.object({ ADMINISTER: z.object({ havePermission: z.boolean() }) }),
});

/**
 * Proves that Jira answers, accepts the service account and counts it as an administrator
 * (`GET /rest/api/2/mypermissions`). It costs no read of anybody's properties.
 */
export const check = async (session: Session, call: Call): Promise<void> => {
  const answer = await session.send({ method: 'GET', route: '/rest/api/2/mypermissions', kind: 'login' }, call);
  const { ADMINISTER } = readJson(answer, permissions, session.party).permissions;
  if (!ADMINISTER.havePermission) throw forbiddenFailure(session.party, session.right, answer);
};
