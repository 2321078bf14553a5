import type { Call } from '../../core/call.ts';
import type { SourceId } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { memberPage } from './schema.ts';
import type { EntraSettings } from './settings.ts';

type Which = 'memberOf' | 'transitiveMemberOf';

/** The names of the document's groups one person is in (Graph: list a user's memberships, direct or transitive). */
export const groupsOf = async (
  http: Http,
  groups: EntraSettings['groups'],
  id: SourceId,
  call: Call,
): Promise<readonly string[]> => {
  const named = Object.entries(groups).map(([name, group]) => ({
    name,
    id: typeof group === 'string' ? group : group.id,
    which:
      typeof group !== 'string' && group.members === 'transitive'
        ? ('transitiveMemberOf' as const)
        : ('memberOf' as const),
  }));
  const found = new Map<Which, ReadonlySet<string>>();
  for (const which of new Set(named.map((one) => one.which)))
    found.set(which, await memberships(http, which, id, call));
  return named.filter((one) => found.get(one.which)?.has(one.id)).map(({ name }) => name);
};

const memberships = async (http: Http, which: Which, id: SourceId, call: Call): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  const request = { route: `/v1.0/users/{id}/${which}`, kind: 'read' } as const;
  let link: string | undefined;
  do {
    const { body } = await http.get(
      link === undefined ? { ...request, params: { id }, query: { $select: 'id', $top: '999' } } : { ...request, link },
      memberPage,
      call,
    );
    for (const one of body.value) ids.add(one.id);
    link = body['@odata.nextLink'];
  } while (link !== undefined);
  return ids;
};
