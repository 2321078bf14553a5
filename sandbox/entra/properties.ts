/** The user properties that a list cannot select: 501 NotImplemented (Graph: list users). */
export const notOnCollection: ReadonlySet<string> = new Set(
  'aboutMe birthday hireDate interests mySite pastProjects preferredName responsibilities schools skills mailboxSettings'.split(
    ' ',
  ),
);

/** The user properties `$select` knows (Graph v1.0: user resource, CSDL). */
export const knownProperties: ReadonlySet<string> = new Set(
  [
    'accountEnabled ageGroup assignedLicenses assignedPlans authorizationInfo businessPhones city companyName',
    'consentProvidedForMinor country createdDateTime creationType customSecurityAttributes deletedDateTime',
    'department deviceEnrollmentLimit displayName employeeHireDate employeeId employeeLeaveDateTime',
    'employeeOrgData employeeType externalUserState externalUserStateChangeDateTime faxNumber givenName id',
    'identities identityParentId imAddresses isManagementRestricted isResourceAccount jobTitle',
    'lastPasswordChangeDateTime legalAgeGroupClassification licenseAssignmentStates mail mailNickname mobilePhone',
    'officeLocation onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes',
    'onPremisesImmutableId onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName',
    'onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName otherMails passwordPolicies',
    'passwordProfile postalCode preferredDataLocation preferredLanguage print provisionedPlans proxyAddresses',
    'securityIdentifier serviceProvisioningErrors showInAddressList signInActivity',
    'signInSessionsValidFromDateTime state streetAddress surname usageLocation userPrincipalName userType',
  ].flatMap((line) => line.split(' ')),
);

/** Those that are collections: never null, empty is an empty list (Graph CSDL: Nullable="false"). */
export const collections: ReadonlySet<string> = new Set(
  [
    'assignedLicenses assignedPlans businessPhones identities imAddresses licenseAssignmentStates otherMails',
    'onPremisesProvisioningErrors provisionedPlans proxyAddresses serviceProvisioningErrors',
  ].flatMap((line) => line.split(' ')),
);

/** Whether a name is not of the form of a directory extension, `extension_{appId without hyphens}_{name}`. */
export const badExtensionName = (name: string): boolean => !/^extension_[0-9a-f]{32}_\w+$/.test(name);
