import type { Accounts } from '../atlassian/accounts.ts';
import type { Visit } from '../atlassian/visit.ts';
import type { JournalNote } from '../journal.ts';
import type { SandboxResponse } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import type { ConfluenceOptions } from './options.ts';
import { formErrors, message, page, pages } from './pages.ts';

const fields = ['phone', 'im', 'website', 'position', 'department', 'location'];
const columnLength = 255;

/** Where the endpoint script keeps `field:<one of the six>` and `userProperty:<any>`; other names are refused. */
export const detailPlace = (name: string): string | null => {
  const [, kind, rest = ''] = /^(field|userProperty):(.+)$/s.exec(name) ?? [];
  if (kind === 'userProperty') return `preference:${rest}`;
  return kind === 'field' && fields.includes(rest) ? rest : null;
};

const prefix = 'userparam-';
type Write = NonNullable<JournalNote['writes']>[number];

/** Who is not there is not permitted, with status 200. */
const noUser = (note: JournalNote) =>
  message(200, 'Not Permitted', 'You are not permitted to perform this operation.', note);

/** What the form would change about the account itself: the products rename and overwrite with what they are sent. */
const identityErrors = (accounts: Accounts, account: AccountSeed, sent: URLSearchParams): string[] => {
  if (account.directory === 'readOnly') return [];
  const username = sent.get('username') ?? '';
  const holder = accounts.byName(username);
  return [
    ...(username.trim() === '' ? ['A username is needed.'] : []),
    ...(holder !== undefined && holder !== account ? ['A user with this username exists already.'] : []),
    ...((sent.get('fullName') ?? '').trim() === '' ? ['A full name is needed.'] : []),
    ...(/^[^@\s]+@[^@\s]+$/.test(sent.get('email') ?? '') ? [] : ['A valid e-mail address is needed.']),
  ];
};

/** The form and the action an administrator edits a user with (`edituser.action`, `doedituser.action`). */
export const createEditUser = (accounts: Accounts, options: () => ConfluenceOptions) => {
  const form = (visit: Visit, account: AccountSeed, note: JournalNote, errors: string[] = []): SandboxResponse =>
    page(
      pages.editUser({
        ...Object.fromEntries(fields.map((field) => [field, account.properties[field] ?? ''])),
        username: account.username,
        identity: (account.directory === 'readOnly' && options().readOnlyIdentity === 'text'
          ? pages.identityText
          : pages.identity)({ fullName: account.displayName, email: account.email ?? '' }).trimEnd(),
        tokenInUrl: encodeURIComponent(visit.xsrf),
        keyInUrl: encodeURIComponent(account.key),
        errors: formErrors(errors),
      }),
      note,
    );

  const writeFields = (account: AccountSeed, sent: URLSearchParams): Write[] =>
    [...sent].flatMap(([name, value]): Write[] => {
      if (!name.startsWith(prefix)) return [];
      const attribute = name.slice(prefix.length);
      if (value.trim() === '') {
        if (!Object.hasOwn(account.properties, attribute)) return [];
        delete account.properties[attribute];
        return [{ attribute, op: 'clear', value: null }];
      }
      account.properties[attribute] = value;
      return [{ attribute, op: 'set', value }];
    });

  return {
    show(visit: Visit, reach: (account: AccountSeed) => SandboxResponse | null): SandboxResponse {
      const { query } = visit.request;
      const key = query.get('userKey');
      const account = key !== null ? accounts.byKey(key) : accounts.byName(query.get('username') ?? '');
      if (account === undefined) return noUser({ kind: 'read' });
      return reach(account) ?? form(visit, account, { kind: 'read', account: account.username });
    },
    act(visit: Visit, reach: (account: AccountSeed) => SandboxResponse | null): SandboxResponse {
      const { query } = visit.request;
      const sent = visit.request.form();
      const key = query.get('userKey') ?? sent.get('userKey');
      const account = key !== null ? accounts.byKey(key) : accounts.byName(sent.get('username') ?? '');
      if (account === undefined) return noUser({ kind: 'write' });
      const note: JournalNote = { kind: 'write', account: account.username };
      const beyond = reach(account);
      if (beyond !== null) return { ...beyond, note };
      const errors = identityErrors(accounts, account, sent);
      if (errors.length > 0) return form(visit, account, note, errors);
      const long = [...sent].some(([name, value]) => name.startsWith(prefix) && value.length > columnLength);
      if (long) return message(500, 'System Error', 'value too long for type character varying(255)', note);
      if (account.directory === 'internal') {
        accounts.rename(account, sent.get('username') ?? account.username);
        account.displayName = sent.get('fullName') ?? '';
        account.email = sent.get('email');
      }
      const writes = writeFields(account, sent);
      const once = encodeURIComponent(account.username).replaceAll('%20', '+');
      const name = options().redirectEncodes === 'once' ? once : encodeURIComponent(once);
      const location = `/admin/users/viewuser.action?username=${name}`;
      return { status: 302, headers: { location }, note: { ...note, writes } };
    },
  };
};
