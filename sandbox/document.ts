import type { ServiceName, SourceName } from './services.ts';

/** Fixed names of the sandbox's tenant, application and accounts; the passwords are of no worth outside it. */
export const sandboxApplication = {
  tenant: '8a1c0000-0000-0000-0000-000000000000',
  clientId: '51f00000-0000-0000-0000-000000000000',
  clientSecret: 'sandbox-entra-secret',
};

/** The service app of the sandbox's Okta organization; its keys are given when the sandbox starts. */
export const sandboxOkta = { clientId: '0oasandbox', apiToken: 'sandbox-okta-token' };

/** The service account of the sandbox's Google domain and the administrator it acts for; its key is made at start. */
export const sandboxGoogle = { email: 'attune@sandbox.iam.gserviceaccount.com', subject: 'admin@acme.example' };

/** The variables a document of the sandbox reads its secrets from. */
export const sandboxSecrets = {
  ATTUNE_SECRET_ENTRA: sandboxApplication.clientSecret,
  ATTUNE_SECRET_OKTA: sandboxOkta.apiToken,
  ATTUNE_SECRET_JIRA: 'sandbox-jira-password',
  ATTUNE_SECRET_WIKI: 'sandbox-wiki-password',
};

/** Where the stand-ins listen. */
export type SandboxUrls = Readonly<Record<ServiceName, string>>;

/** What a document says in a provider's own words. */
type Words = {
  source: string;
  scope: string;
  username: string;
  email: string;
  company: string;
  costCenter: string;
  manager: string;
  employee: string;
  phone: string;
  position: string;
  department: string;
  location: string;
};

const words: Record<SourceName, (urls: SandboxUrls) => Words> = {
  entra: (urls) => ({
    source: `kind: entra
      endpoints: { login: "${urls.entra}", graph: "${urls.entra}" }
      tenant: ${sandboxApplication.tenant}
      auth:
        clientId: ${sandboxApplication.clientId}
        clientSecret: { env: ATTUNE_SECRET_ENTRA }`,
    scope: `"$not(employeeType = 'Service')"`,
    username: `"$lowercase($substringBefore(userPrincipalName, '@'))"`,
    email: '[mail, otherMails]',
    company: 'companyName',
    costCenter: 'onPremisesExtensionAttributes.extensionAttribute1',
    manager: 'manager.displayName',
    employee: 'employeeId',
    phone: '{ firstOf: [mobilePhone, "businessPhones[0]"] }',
    position: 'jobTitle',
    department: 'department',
    location: '{ join: [city, country], with: ", " }',
  }),
  okta: (urls) => ({
    source: `kind: okta
      org: "${urls.okta}"
      auth:
        apiToken: { env: ATTUNE_SECRET_OKTA }`,
    scope: `"$not(profile.employeeType = 'Service')"`,
    username: `"$lowercase($substringBefore(profile.login, '@'))"`,
    email: '[profile.email]',
    company: 'profile.organization',
    costCenter: 'profile.costCenter',
    manager: 'manager.profile.displayName',
    employee: 'profile.employeeNumber',
    phone: '{ firstOf: [profile.mobilePhone, profile.primaryPhone] }',
    position: 'profile.title',
    department: 'profile.department',
    location: '{ join: [profile.city, profile.countryCode], with: ", " }',
  }),
  google: (urls) => ({
    source: `kind: google
      endpoints: { token: "${urls.google}", directory: "${urls.google}" }
      auth:
        serviceAccount: { env: ATTUNE_SECRET_GOOGLE }
        subject: ${sandboxGoogle.subject}`,
    scope: `"$not(organizations[primary].description = 'Service')"`,
    username: `"$lowercase($substringBefore(primaryEmail, '@'))"`,
    email: '[primaryEmail, aliases]',
    company: '"organizations[primary].name"',
    costCenter: '"organizations[primary].costCenter"',
    manager: 'manager.name.fullName',
    employee: `"externalIds[type='organization'].value"`,
    phone: `{ firstOf: ["phones[type='mobile'].value", "phones[type='work'].value"] }`,
    position: '"organizations[primary].title"',
    department: '"organizations[primary].department"',
    location: '{ join: [addresses.locality, addresses.countryCode], with: ", " }',
  }),
};

const target = (id: string, kind: string, url: string, secret: string) => `  ${id}:
    kind: ${kind}
    url: ${url}
    auth:
      username: svc-attune
      password: { env: ${secret} }
`;

/** A ready document for a running sandbox, reading from one of its providers. */
export const writeDocument = (urls: SandboxUrls, from: SourceName = 'entra'): string => {
  const said = words[from](urls);
  const targets = [
    target('jira', 'jira', urls.jira, 'ATTUNE_SECRET_JIRA'),
    target('wiki', 'confluence', urls.confluence, 'ATTUNE_SECRET_WIKI'),
  ];
  return `targets:
${targets.join('')}connectors:
  - id: sandbox
    source:
      ${said.source}
    scope: ${said.scope}
    to:
      - target: jira
        match:
          - username: ${said.username}
          - email: ${said.email}
        attributes:
          - userProperty: Company
            from: ${said.company}
          - userProperty: Cost center
            from: ${said.costCenter}
          - userProperty: Manager
            from: ${said.manager}
          - userProperty: Employee ID
            from: ${said.employee}
      - target: wiki
        match:
          - username: ${said.username}
        attributes:
          - field: phone
            from: ${said.phone}
          - field: position
            from: ${said.position}
          - field: department
            from: ${said.department}
          - field: location
            from: ${said.location}
`;
};
