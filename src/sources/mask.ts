import type { Evidence, MaskedExchange } from '../core/assumption.ts';
import type { Seen } from '../http/http.ts';
import { parsedText } from '../http/read-json.ts';

/** Headers that say how a provider answers; `date` is what Okta's increments go by. */
const keptHeaders = ['content-type', 'date', 'link', 'retry-after'];

/** Texts that are the provider's own words, by their key; anything else is somebody's. */
const words = new Set(['status', 'errorCode', 'reason', 'code', 'type']);
const isWord = (text: string): boolean => /^[A-Za-z][\w.-]{0,60}$/.test(text);

/** Path segments that are the provider's; anything else in a path may be somebody's. */
const segment =
  /^(v1\.0|users|delta|groups|members|transitiveMembers|memberOf|transitiveMemberOf|microsoft\.graph\.user|api|v1|meta|schemas|user|default|admin|directory|hasMember|)$/;

/** Query parameters that carry no value of a person. */
const plainQuery = new Set([
  ...['$select', '$expand', '$top', '$count', 'limit', 'fields', 'projection', 'customFieldMask', 'orderBy'],
  ...['maxResults', 'includeDerivedMembership'],
]);

/** What Attune itself asks for while it tries, and Google's word for the own customer. */
const ours = new Set(['latest', 'my_customer', 'attuneNoSuchProperty', 'attune-no-such-user@attune.invalid']);

/** The host in place of the provider's own. */
const host = 'http://source.invalid';

type NameOf = (value: string) => string;

/** Gives each value a name that replaces it everywhere, of the same kind where a reader looks at the kind. */
const createNames = (): NameOf => {
  const names = new Map<string, string>();
  return (value) => {
    if (value.trim() === '' || ours.has(value)) return value;
    if (isMoment(value)) return '2001-01-01T00:00:00.000Z';
    const folded = value.toLowerCase();
    const name = names.get(folded) ?? nameFor(value, names.size);
    names.set(folded, name);
    return name;
  };
};

const isMoment = (text: string): boolean => /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text);

const nameFor = (value: string, count: number): string => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) {
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  }
  if (/^\d+$/.test(value)) return `${9_000_000 + count}`;
  return value.includes('@') ? `v${count}@masked.invalid` : `v${count}`;
};

/** Masks what was seen of a provider; the structure stays, so that it reads as the original did. */
export const masked = (kind: string, seen: readonly Seen[]): Omit<Evidence, 'account'> => {
  const nameOf = createNames();
  return { kind, exchanges: seen.map((one) => exchangeOf(one, nameOf)) };
};

const exchangeOf = ({ url, answer }: Seen, nameOf: NameOf): MaskedExchange => ({
  request: { method: answer.request.method, path: addressOf(url, nameOf).slice(host.length) },
  answer: {
    status: answer.status,
    headers: Object.fromEntries(
      keptHeaders.flatMap((name) => {
        const value = answer.header(name);
        return value === undefined ? [] : [[name, name === 'link' ? linksOf(value, nameOf) : value]];
      }),
    ),
    body: JSON.stringify(jsonOf(parsedText(answer.text) ?? null, nameOf, '')),
  },
});

const linksOf = (value: string, nameOf: NameOf): string =>
  value.replaceAll(/<([^>]*)>/g, (_, address: string) => {
    const url = URL.parse(address);
    return `<${url === null ? '' : addressOf(url, nameOf)}>`;
  });

/** An address at another host: each segment and each value of its query masked. */
const addressOf = (url: URL, nameOf: NameOf): string => {
  const path = url.pathname
    .split('/')
    .map((part) => {
      const text = decodeURIComponent(part);
      const quoted = /^users\('(.*)'\)$/s.exec(text);
      if (quoted !== null) return `users('${encodeURIComponent(nameOf(quoted[1] ?? ''))}')`;
      return segment.test(text) ? part : encodeURIComponent(nameOf(text));
    })
    .join('/');
  const masked = new URL(`${host}${path}`);
  for (const [name, value] of url.searchParams) {
    masked.searchParams.append(name, plainQuery.has(name) ? value : ofQuery(name, value, nameOf));
  }
  return masked.href;
};

/** A filter keeps its words, and the moments in it, which come from the server's own clock. */
const ofQuery = (name: string, value: string, nameOf: NameOf): string =>
  /^\$?filter$/.test(name)
    ? value.replaceAll(
        /(['"])(.*?)\1/g,
        (_, quote: string, text: string) => `${quote}${isMoment(text) ? text : nameOf(text)}${quote}`,
      )
    : nameOf(value);

const jsonOf = (value: unknown, nameOf: NameOf, key: string): unknown => {
  if (Array.isArray(value)) return value.map((each) => jsonOf(each, nameOf, ''));
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && Math.abs(value) >= 1_000 ? Number(nameOf(String(Math.abs(value)))) : value;
  }
  if (typeof value === 'string') return textOf(value, nameOf, key);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, jsonOf(each, nameOf, name)]));
};

const textOf = (text: string, nameOf: NameOf, key: string): string => {
  if (words.has(key) && isWord(text)) return text;
  if (key === 'message') return /property named '[A-Za-z_]\w*'/.exec(text)?.[0] ?? '';
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  return url === null ? nameOf(text) : addressOf(url, nameOf);
};
