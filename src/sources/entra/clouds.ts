import type { EntraSettings } from './settings.ts';

/** Where tokens come from, where Graph is, and what the token is for. */
export type Endpoints = { readonly login: string; readonly graph: string; readonly scope: string };

/** The hosts of each cloud (Microsoft Graph: national cloud deployments). */
const clouds: Readonly<Record<EntraSettings['cloud'], { readonly login: string; readonly graph: string }>> = {
  global: { login: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  usGov: { login: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  usGovHigh: { login: 'https://login.microsoftonline.us', graph: 'https://dod-graph.microsoft.us' },
  china: { login: 'https://login.chinacloudapi.cn', graph: 'https://microsoftgraph.chinacloudapi.cn' },
};

/** The endpoints of a source; overridden hosts keep the cloud's own audience. */
export const endpointsOf = ({ cloud, endpoints }: EntraSettings): Endpoints => ({
  ...clouds[cloud],
  ...endpoints,
  scope: `${clouds[cloud].graph}/.default`,
});
