import { type HTMLElement, type Node, NodeType, parse, TextNode } from 'node-html-parser';
import type { Evidence, MaskedExchange } from '../../../core/assumption.ts';
import { parsedText } from '../../../http/read-json.ts';
import type { Recorded } from './record.ts';

/** Headers that say how a product answers; of cookies and dates nothing is kept. */
const keptHeaders = [
  'content-type',
  'location',
  'retry-after',
  'x-ausername',
  'x-atlassian-websudo',
  'x-authentication-denied-reason',
  'x-seraph-loginreason',
];
/** Header values that are the product's own words. */
const ownWords =
  /^(anonymous|OK|AUTHENTICAT\w+|CAPTCHA_CHALLENGE|(Has|Require)-Authentication|text\/html.*|application\/json.*|\d+)$/;
/** Attributes of markup that make its structure; their values are the product's, but for keys of properties in ids. */
const structural = new Set(['id', 'class', 'name', 'type', 'method', 'role', 'for', 'data-tsv', 'data-tsv-step']);
const addresses = new Set(['href', 'action', 'src']);
/** Texts of JSON that are one of the product's words, by their key. */
const words = new Set(['type', 'status', 'deploymentType', 'version']);
/** Path segments that are the product's; anything else in a path may be somebody's. */
const segment =
  /^([a-zA-Z]+(![a-z]+)?\.(jspa|action|jsp)(;jsessionid)?|rest|api|rpc|json-rpc|confluenceservice-v2|[gs]etUserPreferenceString|secure|admin|user|users|list|search|properties|myself|current|group|member|applicationrole|mypermissions|serverInfo|server-information|scriptrunner|latest|custom|attuneUser\w+|tsv|authenticate|[0-9.]+|)$/;
/** Names of query parameters and form fields that carry no value of a person. */
const plainQuery = new Set([
  'maxResults',
  'startAt',
  'start',
  'limit',
  'expand',
  'includeInactive',
  'includeInactiveUsers',
  'os_authType',
  'permissionViolation',
  'user_role',
  'page_caps',
  'auth_fallback',
]);

/** What Attune itself asks for or writes while it tries. */
const ours = new Set(['attune-no-such-key', 'Attune', 'attune', 'Attune write test 1', 'Attune write test 2']);

/** Gives each value a name that replaces it everywhere, of the same kind where a reader looks at the kind. */
const createNames = () => {
  const names = new Map<string, string>();
  return (value: string): string => {
    const trimmed = value.trim();
    if (trimmed === '' || ours.has(trimmed)) return value;
    const folded = trimmed.toLowerCase();
    const known = names.get(folded);
    const needsEncoding = encodeURIComponent(trimmed) !== trimmed;
    const name =
      known ?? (/^\d+$/.test(trimmed) ? `${9_000_000 + names.size}` : `v${names.size}${needsEncoding ? '@x' : ''}`);
    names.set(folded, name);
    return value.replace(trimmed, () => name);
  };
};
type NameOf = (value: string) => string;

/** Masks what was seen; the structure stays, so that it reads as the original did. */
export const masked = (kind: string, account: string | null, seen: readonly Recorded[]): Evidence => {
  const nameOf = createNames();
  const own = account === null ? '' : nameOf(account);
  return { kind, account: own, exchanges: seen.map((one) => exchangeOf(one, nameOf)) };
};

const exchangeOf = ({ path, answer }: Recorded, nameOf: NameOf): MaskedExchange => ({
  request: { method: answer.request.method, path: addressOf(path, nameOf) },
  answer: {
    status: answer.status,
    headers: Object.fromEntries(
      keptHeaders.flatMap((name) => {
        const value = answer.header(name);
        return value === undefined ? [] : [[name, headerOf(name, value, nameOf)]];
      }),
    ),
    body: bodyOf(answer.text, nameOf),
  },
});

const headerOf = (name: string, value: string, nameOf: NameOf): string => {
  if (name === 'location') return addressOf(value, nameOf);
  const [word = ''] = value.split('; login-url=');
  if (ownWords.test(word)) return word;
  return name === 'x-ausername' ? encodeURIComponent(nameOf(decoded(value))) : nameOf(value);
};

/** An address without its host: each segment and value masked, and encoded as often as it was. */
const addressOf = (address: string, nameOf: NameOf): string => {
  if (/^(#|javascript:|data:|$)/.test(address)) return '#';
  const url = URL.parse(address, 'http://product.invalid/');
  if (url === null) return '#';
  const elsewhere = /^https?:/i.test(address) ? 'http://product.invalid' : '';
  const [raw = ''] = address.replace(/^https?:\/\/[^/]*/i, '').split(/[?#]/);
  const path = raw
    .split('/')
    .map((part) => {
      const bare = part.replace(/;.*$/, '');
      const parameter = part.includes(';') ? ';jsessionid=0' : '';
      return (segment.test(bare) ? bare : encodeURIComponent(nameOf(decoded(bare)))) + parameter;
    })
    .join('/');
  const query = [...url.searchParams].map(
    ([name, value]) => `${name}=${plainQuery.has(name) ? value : encodedAs(value, nameOf)}`,
  );
  return elsewhere + path + (query.length === 0 ? '' : `?${query.join('&')}`);
};

/** A value of a query, once decoded; one that is encoded still is masked inside and encoded again. */
const encodedAs = (value: string, nameOf: NameOf): string => {
  if (/%[0-9A-Fa-f]{2}/.test(value)) return encodeURIComponent(encodeURIComponent(nameOf(decoded(value))));
  return encodeURIComponent(value.startsWith('/') ? addressOf(value, nameOf) : nameOf(value));
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const bodyOf = (text: string, nameOf: NameOf): string => {
  const json = parsedText(text);
  if (json !== undefined) return JSON.stringify(jsonOf(json, nameOf, ''));
  return /^\s*</.test(text) ? pageOf(text, nameOf) : '';
};

const jsonOf = (value: unknown, nameOf: NameOf, key: string): unknown => {
  if (Array.isArray(value)) return value.map((each) => jsonOf(each, nameOf, ''));
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 1000 ? Number(nameOf(String(value))) : value;
  if (typeof value === 'string') return words.has(key) || isError(value) ? (isError(value) ?? value) : nameOf(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isValue = key === 'properties' || key === 'results';
      return [isValue ? nameOf(name) : name, jsonOf(each, nameOf, name)];
    }),
  );
};

/** The exception a reader looks for, alone; null for any other text. */
const isError = (text: string): string | null => /\bWebSudoRequiredException\b/.exec(text)?.[0] ?? null;

const kept = /^(XSRF Security Token Missing|(Atlassian )?(Jira|Confluence) - Initialising)/;

const pageOf = (html: string, nameOf: NameOf): string => {
  const root = parse(html, { comment: false, blockTextElements: {} });
  for (const element of root.querySelectorAll('script, style, noscript')) element.remove();
  maskNode(root, nameOf);
  return root.toString();
};

const maskNode = (node: Node, nameOf: NameOf): void => {
  if (node.nodeType === NodeType.TEXT_NODE && node instanceof TextNode) {
    const text = node.textContent;
    if (/^<!doctype html>\s*$/i.test(node.rawText)) return;
    const word = kept.exec(text.trim())?.[0];
    node.rawText = word ?? escaped(nameOf(text));
    return;
  }
  if (isElement(node)) {
    for (const [name, value] of Object.entries(node.attributes))
      node.setAttribute(name, attributeOf(name, value, nameOf));
  }
  for (const child of node.childNodes) maskNode(child, nameOf);
};

const isElement = (node: Node): node is HTMLElement =>
  node.nodeType === NodeType.ELEMENT_NODE && 'setAttribute' in node;

const attributeOf = (name: string, value: string, nameOf: NameOf): string => {
  const keyed = name === 'id' ? /^(edit_|delete_)(.*)$/s.exec(value) : null;
  if (keyed !== null) return `${keyed[1]}${nameOf(keyed[2] ?? '')}`;
  if (structural.has(name)) return /^[\w!.,: /-]{0,80}$/.test(value) ? value : nameOf(value);
  if (addresses.has(name)) return addressOf(value, nameOf);
  return nameOf(value);
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
