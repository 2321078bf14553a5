import { Failure } from '../core/failure.ts';
import { isLoopback } from '../core/loopback.ts';

/** Reads the base URL of a party; a token never goes over plain http to another machine. */
export const baseUrlOf = (text: string, party: string): URL => {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url;
  throw new Failure('config', `The address of ${party} must begin with https: (plain http only on this machine).`, {
    party,
    remedy: 'Correct the address in the document.',
  });
};

/** Resolves a link a server gave. Links carry our token, so one to another origin is refused. */
export const resolveSameOrigin = (link: string, base: URL, party: string): URL => {
  const url = URL.parse(link, base.href);
  if (url !== null && url.origin === base.origin) return url;
  throw new Failure('wrongShape', `${party} returned a link to the next page that leads to another host.`, {
    party,
    remedy: 'If there is a gateway in between, it must rewrite the links too. Nothing was sent to that host.',
  });
};

/** Fills a route: values are encoded, and the readable characters of OData stay readable. */
export const urlOf = (
  base: URL,
  route: string,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): URL => {
  const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => segmentOf(params[name] ?? ''));
  const pairs = Object.entries(query).map(([name, value]) => `${queryText(name)}=${queryText(value)}`);
  const prefix = base.href.replace(/\/+$/, '');
  return new URL(`${prefix}${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`);
};

/** A segment of dots would climb up the path, however it is encoded: nothing has such a name. */
const segmentOf = (value: string): string => {
  if (/^\.{0,2}$/.test(value)) throw new Failure('notFound', 'A name cannot be empty or consist only of dots.');
  return encodeURIComponent(value);
};

const queryText = (text: string): string =>
  encodeURIComponent(text).replaceAll(/%(24|2C|3A|40)/g, (encoded) => decodeURIComponent(encoded));
