import { Failure } from '../../core/failure.ts';
import type { Answer } from '../../http/http.ts';
import { describe, parsedText } from '../../http/read-json.ts';
import { placeGone } from '../refusals.ts';
import { oktaError } from './schema.ts';

/** The failure of an answer of Okta that is not 200, by status and code (Okta: error codes). */
export const oktaRefusal = (answer: Answer, party: string): Failure => {
  const parsed = oktaError.safeParse(parsedText(answer.text));
  const code = parsed.success ? parsed.data.errorCode : 'no code';
  const { status } = answer;
  const request = describe(answer);
  const facts = { party, status };
  if (status === 401) {
    return new Failure('auth', `${party} refuses the sign-in at ${request} (${code}).`, {
      ...facts,
      remedy: 'An API token expires after 30 days without use, or with the account that created it: create a new one.',
    });
  }
  if (status === 403) {
    const scope = answer.request.route.includes('/groups') ? 'okta.groups.read' : 'okta.users.read';
    return new Failure('forbidden', `${party} does not let the application use ${request} (${code}).`, {
      ...facts,
      remedy: `Grant the scope ${scope}, and give the application an administrator role that may read it (Read-only Administrator).`,
    });
  }
  if (answer.request.isLink && (status === 400 || status === 404 || status === 410)) {
    return placeGone(party, `no longer knows this position in the listing (${code})`, facts);
  }
  if (status === 404) return new Failure('notFound', `${party} finds nothing at ${request} (${code}).`, facts);
  if (status === 400) {
    return new Failure('config', `${party} refuses ${request} (${code}).`, {
      ...facts,
      remedy: 'Check the spelling of the attribute paths in the mapping.',
    });
  }
  return new Failure('wrongShape', `${party} answers ${status} to ${request} (${code}).`, {
    ...facts,
    remedy: 'Check that org is the address of the Okta organization, without a path.',
  });
};
