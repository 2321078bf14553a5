import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import { checkGroups } from '../groups.ts';
import { type DocumentGroups, readMembers } from './members.ts';
import { userPage } from './schema.ts';

/** Proves sign-in and rights by one user's id, and by a look at each group the document names. */
export const checkRights = async (http: Http, groups: DocumentGroups, call: Call): Promise<void> => {
  const query = { limit: '1', fields: 'id,status' };
  await http.get({ route: '/api/v1/users', kind: 'read', query }, userPage, call);
  const named = { party: http.party, names: Object.keys(groups.groups), key: 'id' };
  await checkGroups(named, (group) => readMembers(http, groups, group, null, call));
};
