import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import { type GroupIds, groupIds } from '../group-ids.ts';
import { nextLink, pageSize } from './client.ts';
import { groupPage } from './schema.ts';

/** The ids of Okta's groups begin with 00g. */
const isGroupId = /^00g[A-Za-z0-9]{17}$/;

/** Groups by id or name (Okta: list groups, `q` finds by the beginning of the name). */
export const oktaGroupIds = (http: Http): GroupIds =>
  groupIds(http.party, isGroupId, async (name: string, call: Call) => {
    const request = { route: '/api/v1/groups', kind: 'read' } as const;
    const ids: string[] = [];
    for (let link: string | null = null, first = true; first || link !== null; first = false) {
      const from = link === null ? { ...request, query: { q: name, limit: pageSize } } : { ...request, link };
      const { body, answer } = await http.get(from, groupPage, call);
      ids.push(...body.filter(({ profile }) => profile.name === name).map(({ id }) => id));
      link = nextLink(answer);
    }
    return ids;
  });
