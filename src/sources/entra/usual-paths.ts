import { type Shapes, shapesFrom } from '../../core/shapes.ts';
import type { AttributePath } from '../../core/values.ts';

const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

/** The properties Graph documents for every user (Graph v1.0: user resource type); extensions come on top. */
export const usualPaths: readonly AttributePath[] = [
  ...[
    'accountEnabled ageGroup assignedLicenses assignedPlans authorizationInfo businessPhones city companyName',
    'consentProvidedForMinor country createdDateTime creationType customSecurityAttributes deletedDateTime department',
    'deviceEnrollmentLimit',
    'displayName employeeHireDate employeeId employeeLeaveDateTime employeeOrgData.costCenter employeeOrgData.division',
    'employeeType externalUserState externalUserStateChangeDateTime faxNumber givenName id identities identityParentId',
    'imAddresses',
    'isManagementRestricted isResourceAccount jobTitle lastPasswordChangeDateTime legalAgeGroupClassification',
    'licenseAssignmentStates mail mailNickname mobilePhone officeLocation onPremisesDistinguishedName',
    'onPremisesDomainName onPremisesImmutableId onPremisesLastSyncDateTime onPremisesProvisioningErrors',
    'onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName otherMails',
    'passwordPolicies passwordProfile postalCode preferredDataLocation preferredLanguage provisionedPlans',
    'print proxyAddresses securityIdentifier serviceProvisioningErrors showInAddressList',
    'signInActivity signInSessionsValidFromDateTime state streetAddress surname usageLocation userPrincipalName userType',
  ].flatMap((line) => line.split(' ')),
  ...extensionAttributes.map((name) => `onPremisesExtensionAttributes.${name}`),
];

/** Those that are lists or have parts (Graph v1.0, CSDL: collections and complex types). */
export const shapes: Shapes = shapesFrom([
  'assignedLicenses[]: skuId disabledPlans',
  'assignedPlans[]: service servicePlanId capabilityStatus assignedDateTime',
  'authorizationInfo: certificateUserIds',
  'businessPhones[]',
  'customSecurityAttributes: *',
  'employeeOrgData: costCenter division',
  'identities[]: issuerAssignedId issuer signInType',
  'imAddresses[]',
  'licenseAssignmentStates[]: skuId state assignedByGroup disabledPlans error lastUpdatedDateTime',
  `onPremisesExtensionAttributes: ${extensionAttributes.join(' ')}`,
  'onPremisesProvisioningErrors[]: category occurredDateTime propertyCausingError value',
  'otherMails[]',
  'passwordProfile: forceChangePasswordNextSignIn forceChangePasswordNextSignInWithMfa password',
  'print: *',
  'provisionedPlans[]: service provisioningStatus capabilityStatus',
  'proxyAddresses[]',
  'serviceProvisioningErrors[]: *',
  'signInActivity: *',
]);

/** Those that are true or false (Graph v1.0, CSDL: Edm.Boolean). */
export const truthPaths: readonly AttributePath[] =
  'accountEnabled isManagementRestricted isResourceAccount onPremisesSyncEnabled showInAddressList'.split(' ');

/** Those that are numbers (Graph v1.0, CSDL: Edm.Int32, Edm.Int64). */
export const numberPaths: readonly AttributePath[] = ['deviceEnrollmentLimit', 'identityParentId'];

/** Directory and schema extensions: `extension_{appId}_{name}`, `ext8xy2z_{name}`, `{domain}_{name}`. */
export const ownPaths = /^[A-Za-z0-9]+_/;

/** Every property of a user by its name (Graph v1.0: user resource type, CSDL); beside extensions there is no other. */
export const properties: ReadonlySet<string> = new Set(usualPaths.map((path) => path.split('.')[0] ?? ''));

/** Graph's names for what Active Directory and others call otherwise, in small letters. */
export const namesElsewhere: Readonly<Record<string, AttributePath>> = {
  ...{ samaccountname: 'onPremisesSamAccountName', username: 'userPrincipalName', upn: 'userPrincipalName' },
  ...{ login: 'userPrincipalName', cn: 'displayName', name: 'displayName', fullname: 'displayName', sn: 'surname' },
  ...{ lastname: 'surname', familyname: 'surname', firstname: 'givenName', email: 'mail', emailaddress: 'mail' },
  ...{ telephonenumber: 'businessPhones[0]', phone: 'businessPhones[0]', phonenumber: 'businessPhones[0]' },
  ...{ officephone: 'businessPhones[0]', workphone: 'businessPhones[0]', mobile: 'mobilePhone', cell: 'mobilePhone' },
  ...{ mobilenumber: 'mobilePhone', facsimiletelephonenumber: 'faxNumber', fax: 'faxNumber', title: 'jobTitle' },
  ...{ position: 'jobTitle', company: 'companyName', organization: 'companyName', office: 'officeLocation' },
  ...{
    physicaldeliveryofficename: 'officeLocation',
    location: 'officeLocation',
    l: 'city',
    st: 'state',
    co: 'country',
  },
  ...{
    c: 'country',
    street: 'streetAddress',
    zip: 'postalCode',
    zipcode: 'postalCode',
    postofficebox: 'streetAddress',
  },
  ...{ employeenumber: 'employeeId', costcenter: 'employeeOrgData.costCenter', division: 'employeeOrgData.division' },
  ...{
    distinguishedname: 'onPremisesDistinguishedName',
    dn: 'onPremisesDistinguishedName',
    whencreated: 'createdDateTime',
  },
  ...{ objectsid: 'onPremisesSecurityIdentifier', objectguid: 'onPremisesImmutableId', objectid: 'id', oid: 'id' },
  ...{ useraccountcontrol: 'accountEnabled', enabled: 'accountEnabled', proxyaddress: 'proxyAddresses' },
  ...{ refreshtokensvalidfromdatetime: 'signInSessionsValidFromDateTime' },
  ...{
    language: 'preferredLanguage',
    locale: 'preferredLanguage',
    memberof: 'groups',
    group: 'groups',
    manageremail: 'manager.mail',
  },
  ...Object.fromEntries(
    extensionAttributes.map((name) => [name.toLowerCase(), `onPremisesExtensionAttributes.${name}`]),
  ),
};
