import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import { type GroupIds, groupIds } from '../group-ids.ts';
import { quoted } from './listing/query.ts';
import { memberPage } from './schema.ts';

/** The object ids of Entra are GUIDs; a name that looks like one is taken for an id. */
export const isObjectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Groups by object id or display name (Graph: list groups, filter); names need not be unique in Entra. */
export const entraGroupIds = (http: Http): GroupIds =>
  groupIds(http.party, isObjectId, async (name: string, call: Call) => {
    const query = { $filter: `displayName eq ${quoted(name)}`, $select: 'id', $top: '5' };
    const { body } = await http.get({ route: '/v1.0/groups', kind: 'read', query }, memberPage, call);
    return body.value.map(({ id }) => id);
  });
