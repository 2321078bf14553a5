import { Failure } from '../../core/failure.ts';
import type { Answer } from '../../http/http.ts';
import { describe } from '../../http/read-json.ts';
import { reasonOf } from './reason.ts';

/** The failure of an answer that is not 200, by status and reason (Directory API: error codes). */
export const googleRefusal = (answer: Answer, party: string): Failure => {
  const { status } = answer;
  const reason = reasonOf(answer) || 'no reason';
  const request = describe(answer);
  const facts = { party, status };
  if (status === 401) {
    return new Failure('auth', `${party} refuses the token at ${request} (${reason}).`, {
      ...facts,
      remedy: 'The key of the service account may have been deleted: create a new one.',
    });
  }
  if (status === 403) {
    const scope = answer.request.route.includes('/groups/')
      ? 'admin.directory.group.member.readonly'
      : 'admin.directory.user.readonly';
    return new Failure('forbidden', `${party} does not let the service account use ${request} (${reason}).`, {
      ...facts,
      remedy: `auth.subject must be an administrator who may read users; delegate ${scope} to the service account, and enable the Admin SDK API in its project.`,
    });
  }
  if (status === 404) return new Failure('notFound', `${party} finds nothing at ${request} (${reason}).`, facts);
  if (status === 400) {
    return new Failure('config', `${party} refuses ${request} (${reason}).`, {
      ...facts,
      remedy: 'Check customer or domain of the source, and the spelling of the attribute paths in the mapping.',
    });
  }
  return new Failure('wrongShape', `${party} answers ${status} to ${request} (${reason}).`, {
    ...facts,
    remedy: 'Check that endpoints.directory is the Directory API.',
  });
};
