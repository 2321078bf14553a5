/** What people call the kinds of directories. */
export const kindNames: Readonly<Record<string, string>> = {
  entra: 'Entra ID',
  okta: 'Okta',
  google: 'Google Workspace',
  jira: 'Jira',
  confluence: 'Confluence',
};
