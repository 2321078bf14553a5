import type { Call } from '../../core/call.ts';
import type { SourceUser } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { onlyOneOf, refuseLeftOut, unlessGone } from '../refusals.ts';
import { findUsers, getUser } from './client.ts';
import { completed } from './listing/join.ts';
import { quoted } from './listing/query.ts';
import { attributesOf, leftOutBy } from './people.ts';
import type { GraphUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { EntraSettings } from './settings.ts';

/**
 * One person by id, userPrincipalName, or else by mail or another mail (Graph: get user; list users, filter);
 * everybody counts where `people` is null.
 */
export const readUser = async (
  http: Http,
  people: EntraSettings['people'] | null,
  selection: Selection,
  key: string,
  call: Call,
): Promise<SourceUser | null> => {
  const first =
    (await unlessGone(getUser(http, selection, 0, key, call))) ?? (await byMail(http, selection, key, call));
  if (first === null) return null;
  refuseLeftOut(http.party, people === null ? null : leftOutBy(people, first));
  const others = selection.parts.slice(1).map(() => []);
  const [user] = await completed(http, selection, [first], others, call);
  return user === undefined ? null : { id: user.id, attributes: attributesOf(user, selection) };
};

const byMail = async (http: Http, selection: Selection, key: string, call: Call): Promise<GraphUser | null> => {
  if (!key.includes('@')) return null;
  const mail = quoted(key);
  const filter = `mail eq ${mail} or otherMails/any(x:x eq ${mail})`;
  return onlyOneOf(http.party, await findUsers(http, selection, 0, filter, call));
};
