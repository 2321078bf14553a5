import { HttpsProxyAgent } from 'hpagent';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy a host is reached through, by `HTTPS_PROXY` and `NO_PROXY`; null for a direct connection. Plain http stays
 * on this machine and never needs one.
 */
export const proxyFor = (url: URL, environment: Environment): string | null => {
  const proxy = environment.HTTPS_PROXY ?? environment.https_proxy ?? '';
  if (url.protocol !== 'https:' || proxy === '') return null;
  const exempt = (environment.NO_PROXY ?? environment.no_proxy ?? '').split(',').map((one) => one.trim().toLowerCase());
  return exempt.some((entry) => entry !== '' && covers(entry, url)) ? null : proxy;
};

/** An entry is `*`, a host, or a domain with or without its dot; a port in it must be the same. */
const covers = (entry: string, { hostname, port }: URL): boolean => {
  if (entry === '*') return true;
  const [name = '', entryPort] = entry.replace(/^\*?\./, '').split(':');
  if (entryPort !== undefined && entryPort !== (port === '' ? '443' : port)) return false;
  return hostname === name || hostname.endsWith(`.${name}`);
};

/** The connections through a proxy, kept open between requests; null for direct ones, which Node keeps open itself. */
export const agentFor = (url: URL, environment: Environment): { https: HttpsProxyAgent } | null => {
  const proxy = proxyFor(url, environment);
  return proxy === null ? null : { https: new HttpsProxyAgent({ proxy, keepAlive: true }) };
};
