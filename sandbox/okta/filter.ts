import { oktaError, Refusal } from './errors.ts';
import type { OktaUser } from './user.ts';

type Test = (user: OktaUser) => boolean;

/** What `filter` may name, and with what (Okta: list users, filter). */
const filterable: Readonly<Record<string, readonly string[]>> = {
  status: ['eq'],
  id: ['eq'],
  lastUpdated: ['eq', 'gt', 'ge', 'lt', 'le'],
  'profile.login': ['eq'],
  'profile.email': ['eq'],
  'profile.firstName': ['eq'],
  'profile.lastName': ['eq'],
};

const token = /\s*(\(|\)|"(?:[^"\\]|\\.)*"|[A-Za-z][\w.]*)/y;

const tokensOf = (text: string): string[] => {
  const found: string[] = [];
  token.lastIndex = 0;
  for (;;) {
    const from = token.lastIndex;
    if (text.slice(from).trim() === '') return found;
    const match = token.exec(text);
    if (match?.[1] === undefined) throw refusal('Invalid filter.');
    found.push(match[1]);
  }
};

const refusal = (cause: string): Refusal => new Refusal(oktaError('E0000031', cause));

const valueAt = (user: OktaUser, path: string): string => {
  const value = path.startsWith('profile.') ? user.profile[path.slice('profile.'.length)] : user[path];
  return typeof value === 'string' ? value : '';
};

/** Reads a filter or search; `open` lets it name any attribute of the profile, as `search` may. */
export const readFilter = (text: string, open: boolean): Test => {
  const tokens = tokensOf(text);
  const next = (): string => {
    const found = tokens.shift();
    if (found === undefined) throw refusal('The filter ends too soon.');
    return found;
  };
  const comparison = (): Test => {
    const path = next();
    if (path === '(') {
      const inner = either();
      if (next() !== ')') throw refusal('A bracket is not closed.');
      return inner;
    }
    const operator = next();
    const known = filterable[path] ?? (open && path.startsWith('profile.') ? ['eq', 'sw', 'gt', 'lt'] : []);
    if (!known.includes(operator)) throw refusal(`'${path} ${operator}' is not supported.`);
    const literal = next();
    if (!literal.startsWith('"')) throw refusal('A value must stand in quotes.');
    const wanted: unknown = JSON.parse(literal);
    if (typeof wanted !== 'string') throw refusal('A value must be a text.');
    return (user) => compare(operator, valueAt(user, path), wanted);
  };
  const both = (): Test => {
    let left = comparison();
    while (tokens[0] === 'and') {
      tokens.shift();
      const [a, b] = [left, comparison()];
      left = (user) => a(user) && b(user);
    }
    return left;
  };
  const either = (): Test => {
    let left = both();
    while (tokens[0] === 'or') {
      tokens.shift();
      const [a, b] = [left, both()];
      left = (user) => a(user) || b(user);
    }
    return left;
  };
  const test = either();
  if (tokens.length > 0) throw refusal('The filter goes on where it should end.');
  return test;
};

const compare = (operator: string, found: string, wanted: string): boolean => {
  switch (operator) {
    case 'eq':
      return found.toLowerCase() === wanted.toLowerCase();
    case 'sw':
      return found.toLowerCase().startsWith(wanted.toLowerCase());
    case 'gt':
      return found > wanted;
    case 'ge':
      return found >= wanted;
    case 'lt':
      return found < wanted;
    default:
      return found <= wanted;
  }
};
