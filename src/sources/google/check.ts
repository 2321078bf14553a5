import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import { checkGroups } from '../groups.ts';
import type { Whom } from './client.ts';
import { readMembers } from './members.ts';
import { userPage } from './schema.ts';
import type { GoogleSettings } from './settings.ts';

/** Proves sign-in and rights by one user's id, and by a look at each group the document names. */
export const checkRights = async (
  http: Http,
  { customer, domain }: Whom,
  groups: GoogleSettings['groups'],
  call: Call,
): Promise<void> => {
  const whom = domain === undefined ? { customer: customer ?? 'my_customer' } : { domain };
  const query = { ...whom, maxResults: '1', fields: 'users(id)' };
  await http.get({ route: '/admin/directory/v1/users', kind: 'read', query }, userPage, call);
  const named = { party: http.party, names: Object.keys(groups), key: 'mail or id' };
  await checkGroups(named, (group) => readMembers(http, groups, group, null, call));
};
