import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import type { GroupIds } from '../group-ids.ts';
import { namedGroup } from '../groups.ts';
import type { Cursor, MemberPage } from '../source.ts';
import { memberPage } from './schema.ts';
import type { EntraSettings } from './settings.ts';

/** The cast to users is an advanced query, whose header every page repeats (Graph: advanced queries). */
const advanced = { consistencylevel: 'eventual', 'x-ms-throttle-priority': 'Low' };

/** The groups of the document, and how their ids are found. */
export type DocumentGroups = { readonly groups: EntraSettings['groups']; readonly idOf: GroupIds };

/** One page of the users in a group the document names (Graph: list group members, list transitive members). */
export const readMembers = async (
  http: Http,
  { groups, idOf }: DocumentGroups,
  group: string,
  cursor: Cursor | null,
  call: Call,
): Promise<MemberPage> => {
  const named = namedGroup(groups, group, http.party);
  const { id, members } = typeof named === 'string' ? { id: named, members: 'direct' } : named;
  const which = members === 'transitive' ? 'transitiveMembers' : 'members';
  const route = `/v1.0/groups/{id}/${which}/microsoft.graph.user`;
  const request = { route, kind: 'listing', headers: advanced } as const;
  const query = { $count: 'true', $select: 'id', $top: '999' };
  const { body } = await http.get(
    cursor === null ? { ...request, params: { id: await idOf(id, call) }, query } : { ...request, link: cursor },
    memberPage,
    call,
  );
  return { ids: body.value.map((one) => one.id), next: body['@odata.nextLink'] ?? null };
};
