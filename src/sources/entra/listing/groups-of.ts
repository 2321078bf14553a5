import type { Call } from '../../../core/call.ts';
import type { SourceId } from '../../../core/values.ts';
import type { Http } from '../../../http/http.ts';
import type { DocumentGroups } from '../members.ts';
import { idsOf } from './ids-of.ts';

type Which = 'memberOf' | 'transitiveMemberOf';

/** The names of the document's groups one person is in (Graph: list a user's memberships, direct or transitive). */
export const groupsOf = async (
  http: Http,
  { groups, idOf }: DocumentGroups,
  id: SourceId,
  call: Call,
): Promise<readonly string[]> => {
  const named: { readonly name: string; readonly id: string; readonly which: Which }[] = [];
  for (const [name, group] of Object.entries(groups)) {
    const transitive = typeof group !== 'string' && group.members === 'transitive';
    const groupId = await idOf(typeof group === 'string' ? group : group.id, call);
    named.push({ name, id: groupId, which: transitive ? 'transitiveMemberOf' : 'memberOf' });
  }
  const found = new Map<Which, ReadonlySet<string>>();
  for (const which of new Set(named.map((one) => one.which)))
    found.set(which, await memberships(http, which, id, call));
  return named.filter((one) => found.get(one.which)?.has(one.id)).map(({ name }) => name);
};

const memberships = async (http: Http, which: Which, id: SourceId, call: Call): Promise<ReadonlySet<string>> => {
  return new Set(await idsOf(http, { route: `/v1.0/users/{id}/${which}`, kind: 'read' }, id, call));
};
