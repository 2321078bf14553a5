/** The user properties that a list cannot select: 501 NotImplemented (Graph: list users). */
export const notOnCollection: ReadonlySet<string> = new Set(
  'aboutMe birthday hireDate interests mySite pastProjects preferredName responsibilities schools skills mailboxSettings'.split(
    ' ',
  ),
);

/** The user properties `$select` knows (Graph: user resource). */
export const knownProperties: ReadonlySet<string> = new Set(
  [
    'accountEnabled ageGroup businessPhones city companyName consentProvidedForMinor country createdDateTime creationType',
    'department displayName employeeHireDate employeeId employeeLeaveDateTime employeeOrgData employeeType externalUserState',
    'faxNumber givenName id identities imAddresses isResourceAccount jobTitle lastPasswordChangeDateTime mail mailNickname',
    'mobilePhone officeLocation onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes',
    'onPremisesImmutableId onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier',
    'onPremisesSyncEnabled onPremisesUserPrincipalName otherMails postalCode preferredDataLocation preferredLanguage',
    'proxyAddresses securityIdentifier showInAddressList signInActivity state streetAddress surname usageLocation userPrincipalName userType',
  ]
    .join(' ')
    .split(' '),
);

/** Whether a name is not of the form of a directory extension, `extension_{appId without hyphens}_{name}`. */
export const badExtensionName = (name: string): boolean => !/^extension_[0-9a-f]{32}_\w+$/.test(name);
