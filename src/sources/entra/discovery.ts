import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import { discovered } from '../discovered.ts';
import type { SourceAttribute } from '../source.ts';
import { listUsers } from './client.ts';
import { attributesOf } from './people.ts';
import { selectionOf } from './selection.ts';

/** What a list of users can select (Graph: user resource), without what a right beyond User.Read.All is needed for. */
const offered: readonly string[] = [
  'accountEnabled ageGroup businessPhones city companyName country createdDateTime creationType department displayName',
  'employeeHireDate employeeId employeeOrgData employeeType externalUserState faxNumber givenName id imAddresses jobTitle',
  'mail mailNickname mobilePhone officeLocation onPremisesDistinguishedName onPremisesDomainName',
  'onPremisesExtensionAttributes onPremisesImmutableId onPremisesSamAccountName onPremisesSyncEnabled',
  'onPremisesUserPrincipalName otherMails postalCode preferredLanguage proxyAddresses state streetAddress surname',
  'usageLocation userPrincipalName userType',
].flatMap((line) => line.split(' '));

const ofManager = ['id', 'displayName', 'givenName', 'surname', 'mail', 'userPrincipalName', 'jobTitle', 'employeeId'];

/** The paths of a tenant from its first 100 people; directory extensions have to be typed by their full name. */
export const offeredAttributes = async (http: Http, call: Call): Promise<readonly SourceAttribute[]> => {
  const selection = selectionOf([...offered, ...ofManager.map((name) => `manager.${name}`)], ['id']);
  const { users } = await listUsers(http, selection, 0, null, call);
  return discovered(users.map((user) => attributesOf(user, selection)));
};
