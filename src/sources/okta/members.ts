import type { Call } from '../../core/call.ts';
import type { SourceId } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { namedGroup } from '../groups.ts';
import type { Cursor, MemberPage } from '../source.ts';
import { nextLink, pageSize } from './client.ts';
import { idPage } from './schema.ts';
import type { OktaSettings } from './settings.ts';

/** One page of the users in a group the document names; Okta has no groups within groups (Okta: list group members). */
export const readMembers = async (
  http: Http,
  groups: OktaSettings['groups'],
  group: string,
  cursor: Cursor | null,
  call: Call,
): Promise<MemberPage> => {
  const id = namedGroup(groups, group, http.party);
  const request = { route: '/api/v1/groups/{id}/users', kind: 'listing' } as const;
  const first = { ...request, params: { id }, query: { limit: pageSize } };
  const { body, answer } = await http.get(cursor === null ? first : { ...request, link: cursor }, idPage, call);
  return { ids: body.map((one) => one.id), next: nextLink(answer) };
};

/** The names of the document's groups one person is in (Okta: list a user's groups). */
export const groupsOf = async (
  http: Http,
  groups: OktaSettings['groups'],
  id: SourceId,
  call: Call,
): Promise<readonly string[]> => {
  const request = { route: '/api/v1/users/{id}/groups', kind: 'read' } as const;
  const ids = new Set<string>();
  let link: string | null = null;
  do {
    const { body, answer } = await http.get(
      link === null ? { ...request, params: { id } } : { ...request, link },
      idPage,
      call,
    );
    for (const one of body) ids.add(one.id);
    link = nextLink(answer);
  } while (link !== null);
  return Object.entries(groups).flatMap(([name, group]) => (ids.has(group) ? [name] : []));
};
