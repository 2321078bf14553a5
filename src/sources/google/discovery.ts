import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import { discovered } from '../discovered.ts';
import type { SourceAttribute } from '../source.ts';
import type { Whom } from './client.ts';
import { userPage } from './schema.ts';

/** The paths of the first hundred people with all their custom fields; nobody's value, no path. */
export const offeredAttributes = async (
  http: Http,
  { customer, domain }: Whom,
  call: Call,
): Promise<readonly SourceAttribute[]> => {
  const whom = domain === undefined ? { customer: customer ?? 'my_customer' } : { domain };
  const query = { ...whom, maxResults: '100', projection: 'full' };
  const { body } = await http.get({ route: '/admin/directory/v1/users', kind: 'listing', query }, userPage, call);
  return discovered(body.users.map(({ kind: _kind, ...user }) => user));
};
