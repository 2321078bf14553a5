import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import { checkGroups } from '../groups.ts';
import { type DocumentGroups, readMembers } from './members.ts';
import { userPage } from './schema.ts';

/** Proves sign-in and rights by one user's id, and by a look at each group the document names. */
export const checkRights = async (http: Http, groups: DocumentGroups, call: Call): Promise<void> => {
  await http.get({ route: '/v1.0/users', kind: 'read', query: { $select: 'id', $top: '1' } }, userPage, call);
  const named = { party: http.party, names: Object.keys(groups.groups), key: 'object id' };
  await checkGroups(named, (group) => readMembers(http, groups, group, null, call));
};
