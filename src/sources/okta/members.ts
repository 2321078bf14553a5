import type { Call } from '../../core/call.ts';
import type { SourceId } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { followed } from '../follow.ts';
import type { GroupIds } from '../group-ids.ts';
import { namedGroup } from '../groups.ts';
import type { Cursor, MemberPage } from '../source.ts';
import { nextLink, pageSize } from './client.ts';
import { idPage } from './schema.ts';
import type { OktaSettings } from './settings.ts';

/** The groups of the document, and how their ids are found. */
export type DocumentGroups = { readonly groups: OktaSettings['groups']; readonly idOf: GroupIds };

/** One page of the users in a group the document names; Okta has no groups within groups (Okta: list group members). */
export const readMembers = async (
  http: Http,
  { groups, idOf }: DocumentGroups,
  group: string,
  cursor: Cursor | null,
  call: Call,
): Promise<MemberPage> => {
  const named = namedGroup(groups, group, http.party);
  const request = { route: '/api/v1/groups/{id}/users', kind: 'listing' } as const;
  const { body, answer } = await http.get(
    cursor === null
      ? { ...request, params: { id: await idOf(named, call) }, query: { limit: pageSize } }
      : { ...request, link: cursor },
    idPage,
    call,
  );
  return { ids: body.map((one) => one.id), next: nextLink(answer) };
};

/** The names of the document's groups one person is in (Okta: list a user's groups). */
export const groupsOf = async (
  http: Http,
  { groups, idOf }: DocumentGroups,
  id: SourceId,
  call: Call,
): Promise<readonly string[]> => {
  const request = { route: '/api/v1/users/{id}/groups', kind: 'read' } as const;
  const all = await followed(async (link) => {
    const where = link === null ? { ...request, params: { id } } : { ...request, link };
    const { body, answer } = await http.get(where, idPage, call);
    return { items: body.map((one) => one.id), next: nextLink(answer) };
  });
  const ids = new Set(all);
  const names: string[] = [];
  for (const [name, group] of Object.entries(groups)) if (ids.has(await idOf(group, call))) names.push(name);
  return names;
};
