import type { AttributePath } from '../../core/values.ts';

const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

/** The properties Graph documents for every user (Graph v1.0: user resource type); extensions come on top. */
export const usualPaths: readonly AttributePath[] = [
  ...[
    'accountEnabled ageGroup assignedLicenses assignedPlans authorizationInfo businessPhones city companyName',
    'consentProvidedForMinor country createdDateTime creationType customSecurityAttributes deletedDateTime department',
    'displayName employeeHireDate employeeId employeeLeaveDateTime employeeOrgData.costCenter employeeOrgData.division',
    'employeeType externalUserState externalUserStateChangeDateTime faxNumber givenName id identities imAddresses',
    'isManagementRestricted isResourceAccount jobTitle lastPasswordChangeDateTime legalAgeGroupClassification',
    'licenseAssignmentStates mail mailNickname mobilePhone officeLocation onPremisesDistinguishedName',
    'onPremisesDomainName onPremisesImmutableId onPremisesLastSyncDateTime onPremisesProvisioningErrors',
    'onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName otherMails',
    'passwordPolicies passwordProfile postalCode preferredDataLocation preferredLanguage provisionedPlans',
    'proxyAddresses refreshTokensValidFromDateTime securityIdentifier serviceProvisioningErrors showInAddressList',
    'signInActivity signInSessionsValidFromDateTime state streetAddress surname usageLocation userPrincipalName userType',
  ].flatMap((line) => line.split(' ')),
  ...extensionAttributes.map((name) => `onPremisesExtensionAttributes.${name}`),
];

/** Directory and schema extensions: `extension_{appId}_{name}`, `ext8xy2z_{name}`, `{domain}_{name}`. */
export const ownPaths = /^[A-Za-z0-9]+_/;
