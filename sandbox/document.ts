/** Fixed names of the sandbox's tenant, application and accounts; the passwords are of no worth outside it. */
export const sandboxApplication = {
  tenant: '8a1c0000-0000-0000-0000-000000000000',
  clientId: '51f00000-0000-0000-0000-000000000000',
  clientSecret: 'sandbox-entra-secret',
};

/** The variables a document of the sandbox reads its secrets from. */
export const sandboxSecrets = {
  ATTUNE_SECRET_ENTRA: sandboxApplication.clientSecret,
  ATTUNE_SECRET_JIRA: 'sandbox-jira-password',
  ATTUNE_SECRET_WIKI: 'sandbox-wiki-password',
};

const target = (id: string, kind: string, url: string, secret: string) => `  ${id}:
    kind: ${kind}
    url: ${url}
    auth:
      username: svc-attune
      password: { env: ${secret} }
`;

/** A ready document for a running sandbox. */
export const writeDocument = (urls: { entra: string; jira: string; confluence: string }): string => `targets:
${target('jira', 'jira', urls.jira, 'ATTUNE_SECRET_JIRA')}${target('wiki', 'confluence', urls.confluence, 'ATTUNE_SECRET_WIKI')}connectors:
  - id: sandbox
    source:
      kind: entra
      endpoints: { login: "${urls.entra}", graph: "${urls.entra}" }
      tenant: ${sandboxApplication.tenant}
      auth:
        clientId: ${sandboxApplication.clientId}
        clientSecret: { env: ATTUNE_SECRET_ENTRA }
    scope: "$not(employeeType = 'Service')"
    to:
      - target: jira
        match:
          - username: "$lowercase($substringBefore(userPrincipalName, '@'))"
          - email: [mail, otherMails]
        attributes:
          - userProperty: Company
            from: companyName
          - userProperty: Cost center
            from: onPremisesExtensionAttributes.extensionAttribute1
          - userProperty: Manager
            from: manager.displayName
          - userProperty: Employee ID
            from: employeeId
      - target: wiki
        match:
          - username: "$lowercase($substringBefore(userPrincipalName, '@'))"
        attributes:
          - field: phone
            from: { firstOf: [mobilePhone, "businessPhones[0]"] }
          - field: position
            from: jobTitle
          - field: department
            from: department
          - field: location
            from: { join: [city, country], with: ", " }
`;
