import { BlockList, isIP } from 'node:net';
import { HttpsProxyAgent } from 'hpagent';
import { Failure } from '../core/failure.ts';
import { isLoopback } from '../core/loopback.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy a host is reached through, by `HTTPS_PROXY` and `NO_PROXY`; null for a direct connection. Plain http stays
 * on this machine and never needs one.
 */
export const proxyFor = (url: URL, environment: Environment): string | null => {
  const proxy = environment.HTTPS_PROXY ?? environment.https_proxy ?? '';
  if (url.protocol !== 'https:' || proxy === '') return null;
  if (isLoopback(url.hostname)) return null;
  const exempt = (environment.NO_PROXY ?? environment.no_proxy ?? '').split(/[,\s]+/).map((one) => one.toLowerCase());
  return exempt.some((entry) => entry !== '' && covers(entry, url)) ? null : withScheme(proxy);
};

/** A proxy without a scheme is one of http, as for curl and Go. */
const withScheme = (proxy: string): string => {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  if (/^https?:$/.test(URL.parse(whole)?.protocol ?? '')) return whole;
  throw new Failure('config', 'HTTPS_PROXY is not the address of a proxy.', {
    remedy: 'Write it as http://proxy.acme.example:3128.',
  });
};

/**
 * An entry is `*`, a host, a domain with or without its dot, an address (IPv6 with or without brackets) or a block of
 * addresses (10.0.0.0/8), as curl and Go read them; a port in it must be the same. Blocks cover addresses only: no name
 * is looked up.
 */
const covers = (entry: string, { hostname, port }: URL): boolean => {
  if (entry === '*') return true;
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  const block = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/.exec(entry);
  if (block !== null) return isWithin(host, block[1] ?? '', Number(block[2]));
  const [, bracketed, named, entryPort] = /^(?:\[([^\]]+)\]|([^:]+|[0-9a-f:]+))(?::(\d+))?$/.exec(entry) ?? [];
  if (entryPort !== undefined && entryPort !== (port === '' ? '443' : port)) return false;
  const name = (bracketed ?? named ?? '').replace(/^\*?\./, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return isIP(name) === isIP(host) && isWithin(host, name, isIP(host) === 4 ? 32 : 128);
  return name !== '' && (host === name || host.endsWith(`.${name}`));
};

const isWithin = (host: string, network: string, prefix: number): boolean => {
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6';
  if (isIP(network) === 0 || isIP(host) !== isIP(network) || prefix > (family === 'ipv4' ? 32 : 128)) return false;
  const block = new BlockList();
  block.addSubnet(network, prefix, family);
  return block.check(host, family);
};

/** The connections through a proxy, kept open between requests; null for direct ones, which Node keeps open itself. */
export const agentFor = (url: URL, environment: Environment): { https: HttpsProxyAgent } | null => {
  const proxy = proxyFor(url, environment);
  return proxy === null ? null : { https: new HttpsProxyAgent({ proxy, keepAlive: true }) };
};
