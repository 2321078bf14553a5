import type { Accounts } from '../atlassian/accounts.ts';
import type { Visit } from '../atlassian/visit.ts';
import type { JournalNote } from '../journal.ts';
import type { SandboxResponse } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import type { JiraOptions } from './options.ts';
import { fieldError, page, pages } from './pages.ts';

/** What was typed into the form that adds, and what is wrong with it. */
type Typed = { key: string; value: string; keyError?: string; valueError?: string };

const nothingTyped: Typed = { key: '', value: '' };

/**
 * The pages and actions of User Properties (`jira.meta.*`), by the actions and forms of Jira 5 and 6: adding refuses a
 * key that exists, updating one that does not, deleting is silent; what is refused comes back as a page with status 200.
 */
export const createUserProperties = (accounts: Accounts, options: () => JiraOptions) => {
  const list = (visit: Visit, account: AccountSeed, typed = nothingTyped, note?: JournalNote): SandboxResponse => {
    const rows = Object.entries(account.properties).map(([key, value]) =>
      pages
        .row({ key, value, keyInUrl: encodeURIComponent(key), nameInUrl: encodeURIComponent(account.username) })
        .trimEnd(),
    );
    const body = pages.properties({
      displayName: account.displayName,
      list: (rows.length === 0 ? pages.none() : pages.table({ rows: rows.join('\n') })).trimEnd(),
      name: account.username,
      token: visit.xsrf,
      key: typed.key,
      value: typed.value,
      keyError: fieldError(typed.keyError),
      valueError: fieldError(typed.valueError),
    });
    return page(body, note ?? { kind: 'read', account: account.username });
  };

  const written = (note: JournalNote): SandboxResponse => ({
    status: 302,
    headers: { location: `EditUserProperties.jspa?name=${encodeURIComponent(note.account ?? '')}` },
    note,
  });

  const valueError = (value: string): string | undefined => {
    const { propertyValueLength } = options();
    if (value.trim() === '') return 'You must specify a value.';
    return value.length > propertyValueLength
      ? `The value must be ${propertyValueLength} characters or less.`
      : undefined;
  };

  const keyError = (account: AccountSeed, key: string): string | undefined => {
    const { propertyKey, propertyKeyLength } = options();
    if (key.trim() === '') return 'You must specify a key.';
    if (key.length > propertyKeyLength) return `The key must be ${propertyKeyLength} characters or less.`;
    if (!new RegExp(propertyKey).test(key)) return 'The key may only have letters, digits and spaces.';
    return Object.hasOwn(account.properties, key) ? 'The key exists already for this user.' : undefined;
  };

  const add = (visit: Visit, account: AccountSeed, key: string, value: string, note: JournalNote): SandboxResponse => {
    const wrongKey = keyError(account, key);
    const wrongValue = valueError(value);
    if (wrongKey !== undefined || wrongValue !== undefined) {
      const errors = {
        ...(wrongKey === undefined ? {} : { keyError: wrongKey }),
        ...(wrongValue === undefined ? {} : { valueError: wrongValue }),
      };
      return list(visit, account, { key, value, ...errors }, note);
    }
    account.properties[key] = value;
    return written({ ...note, op: 'add', value });
  };

  const update = (visit: Visit, account: AccountSeed, key: string, value: string, note: JournalNote) => {
    const error = Object.hasOwn(account.properties, key) ? valueError(value) : 'The key does not exist for this user.';
    if (error === undefined) {
      account.properties[key] = value;
      return written({ ...note, op: 'update', value });
    }
    const action = 'EditUserProperty!update.jspa';
    return page(pages.edit({ action, name: account.username, key, value, token: visit.xsrf, error }), note);
  };

  const remove = (visit: Visit, account: AccountSeed, key: string, note: JournalNote): SandboxResponse => {
    if (visit.request.form().get('confirm') !== 'true') {
      const error = 'Please confirm.';
      const action = 'DeleteUserProperty.jspa';
      return page(pages.edit({ action, name: account.username, key, value: '', token: visit.xsrf, error }), note);
    }
    if (!Object.hasOwn(account.properties, key)) return written(note);
    delete account.properties[key];
    return written({ ...note, op: 'delete', value: null });
  };

  return {
    show(visit: Visit, reach: (account: AccountSeed) => SandboxResponse | null): SandboxResponse {
      const account = accounts.byName(visit.request.query.get('name') ?? '');
      if (account === undefined) return page(pages.noUser(), { kind: 'read' });
      return reach(account) ?? list(visit, account);
    },
    act(visit: Visit, action: string, reach: (account: AccountSeed) => SandboxResponse | null): SandboxResponse {
      const sent = visit.request.form();
      const account = accounts.byName(sent.get('name') ?? '');
      if (account === undefined) return page(pages.noUser(), { kind: 'write' });
      const key = sent.get('key') ?? '';
      const value = sent.get('value') ?? '';
      const note: JournalNote = { kind: 'write', account: account.username, attribute: key };
      const beyond = reach(account);
      if (beyond !== null) return { ...beyond, note };
      if (action === 'EditUserProperties!add.jspa') return add(visit, account, key, value, note);
      if (action === 'EditUserProperty!update.jspa') return update(visit, account, key, value, note);
      return remove(visit, account, key, note);
    },
  };
};
