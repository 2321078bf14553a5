import { Failure } from '../../core/failure.ts';
import type { Answer } from '../../http/http.ts';
import { describe, parsedText } from '../../http/read-json.ts';
import { placeGone } from '../refusals.ts';
import { graphError } from './schema.ts';

/** A page link or delta token that is no longer held (Graph: error responses, delta query). */
const expired: ReadonlySet<string> = new Set([
  'Directory_ExpiredPageToken',
  'DirectoryPageTokenNotFoundException',
  'syncStateNotFound',
  'resyncRequired',
]);

/** The failure of an answer of Graph that is not 200, by status and code. */
export const graphRefusal = (answer: Answer, party: string): Failure => {
  const parsed = graphError.safeParse(parsedText(answer.text));
  const code = parsed.success ? parsed.data.error.code : '';
  const { status } = answer;
  const request = describe(answer);
  const facts = { party, status };
  if (status === 401) {
    return new Failure('auth', `${party} refuses the token of the application at ${request}.`, {
      ...facts,
      remedy: 'Check that cloud and endpoints belong to the tenant; the application may also have been disabled.',
    });
  }
  if (status === 403) {
    const right = answer.request.route.startsWith('/v1.0/groups/') ? 'GroupMember.Read.All' : 'User.Read.All';
    return new Failure('forbidden', `${party} does not let the application use ${request}.`, {
      ...facts,
      remedy: `Grant it the application permission ${right} and give admin consent (signInActivity also needs AuditLog.Read.All).`,
    });
  }
  const isRefusedLink = answer.request.isLink && (status === 400 || status === 404);
  if (expired.has(code) || status === 410 || isRefusedLink) {
    return placeGone(party, undefined, facts);
  }
  if (status === 404) {
    const remedy = answer.request.route.endsWith('/delta')
      ? 'Check that endpoints.graph is Microsoft Graph itself: the server there does not record changes.'
      : undefined;
    const message = `${party} finds nothing at ${request}.`;
    return new Failure('notFound', message, { ...facts, ...(remedy === undefined ? {} : { remedy }) });
  }
  if (status === 400 || status === 414 || status === 501) {
    const named = parsed.success ? namedProperty(parsed.data.error.message) : null;
    const what = named === null ? 'the requested attributes' : `the attribute ${named}`;
    return new Failure('config', `${party} refuses ${what} at ${request} (${code || status}).`, {
      ...facts,
      remedy: 'Check the spelling of the attribute paths in the mapping; Graph’s names are case-sensitive.',
    });
  }
  return new Failure('wrongShape', `${party} answers ${status} to ${request} (${code || 'no code'}).`, {
    ...facts,
    remedy: 'Check that endpoints.graph is Microsoft Graph.',
  });
};

/** The unknown property Graph names; a property name is no personal value, but nothing else of a message is repeated. */
const namedProperty = (message: string): string | null =>
  /property named '([A-Za-z_][A-Za-z0-9_]{0,120})'/.exec(message)?.[1] ?? null;
