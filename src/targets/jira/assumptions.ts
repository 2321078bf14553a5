import { type Assumption, either, notSeen, readable, tryAll } from '../../core/assumption.ts';
import type { Call } from '../../core/call.ts';
import { parsedText } from '../../http/read-json.ts';
import { redirectOf } from '../atlassian/answers.ts';
import type { ProductAnswer } from '../atlassian/connection.ts';
import { accountTried, answersTo, doorsOf, signInAssumptions, writesOf } from '../atlassian/evidence/assume.ts';
import type { Recorded } from '../atlassian/evidence/record.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Account, WriteTrial } from '../target.ts';
import { accountsPage, accountToday, findAccounts, ownAccount } from './accounts.ts';
import { base, post } from './apply.ts';
import { check } from './check.ts';
import { readAddForm, readPropertiesPage, showsAgain } from './pages.ts';
import { jiraProduct } from './product.ts';
import type { JiraSettings } from './settings.ts';
import { keyOf } from './store.ts';
import { stores } from './stores.ts';

/** Does everything the assumptions are judged by: reads, and with a trial writes to that one account. */
export const tryJira = async (
  session: Session,
  { store }: Pick<JiraSettings, 'store'>,
  trial: WriteTrial | null,
  call: Call,
): Promise<void> => {
  let own: Account | null = null;
  let next: string | null = null;
  const bare = stores[store].over(session);
  const me =
    <T>(work: (account: Account) => Promise<T>) =>
    async () =>
      own === null ? null : work(own);
  await tryAll(
    [
      async () => {
        own = await ownAccount(session, call);
      },
      () => check(session, call),
      async () => {
        next = (await accountsPage(session, null, call)).next;
      },
      async () => (next === null ? null : accountsPage(session, next, call)),
      me((account) => accountToday(session, account, call)),
      me((account) => accountToday(session, { ...account, key: 'attune-no-such-key' }, call)),
      me(async ({ email }) => (email === null ? null : findAccounts(session, { by: 'email', value: email }, call))),
      me((account) => bare.readProfile(account, ['userProperty:Attune'], call)),
    ],
    call,
  );
  const [attribute] = trial?.attributes ?? [];
  if (trial === null || attribute === undefined) return;
  const account = await accountTried(() => findAccounts(session, { by: 'username', value: trial.username }, call));
  if (account === null) return;
  await tryAll(writesOf(bare, account, attribute, call), call);
  if (store !== 'userProperty') return;
  const form = { name: account.username, key: keyOf(attribute), value: '', Add: 'Add' };
  await session.write(post('EditUserProperties!add.jspa', form), call);
};

/** Everything docs/connectors/jira.md says that Attune relies on, by the ids of that page. */
export const jiraAssumptions = (
  baseUrl: URL,
  loginPath: string,
  { store }: Pick<JiraSettings, 'store'>,
  seen: readonly Recorded[],
): readonly Assumption[] => {
  const product = jiraProduct(baseUrl);
  const opens = ({ text }: ProductAnswer) => readable(() => readAddForm(text, product.name), '')[0] === 'holds';
  const doors = doorsOf(product, baseUrl, opens);
  const formsTaken = (route: RegExp) => answersTo(seen, 'POST', route).filter((answer) => !doors.isShut(answer));
  const pages = () =>
    answersTo(seen, 'GET', /\/EditUserProperties\.jspa$/).filter(
      (answer) => answer.status === 200 && !doors.isShut(answer),
    );
  const otherStore = notSeen(`the store of this target is ${store}`);
  const rest = (route: RegExp, method = 'GET') => answersTo(seen, method, route);
  const action =
    (name: string, judge: (answer: ProductAnswer) => ReturnType<typeof either>): Assumption['judge'] =>
    () => {
      if (store !== 'userProperty') return otherStore;
      const [answer] = formsTaken(new RegExp(`/${name.replace('.', '\\.')}$`)).filter(
        ({ request }) => request.form?.value !== '',
      );
      return answer === undefined ? notSeen('nothing was written (--write-test)') : judge(answer);
    };
  const leadsBack = (answer: ProductAnswer) => {
    const redirect = redirectOf(answer, baseUrl);
    const well = redirect?.path === `${base}/EditUserProperties.jspa` && redirect.query.has('name');
    return either(well, 'it leads back to the list of properties', `it is answered with ${answer.status} instead`);
  };
  const byKey = (isOwn: boolean) =>
    rest(/\/user$/).find(
      ({ request }) => request.query?.key !== undefined && (request.query.key === 'attune-no-such-key') !== isOwn,
    );
  return [
    ...signInAssumptions(product, baseUrl, loginPath, seen, doors),
    {
      id: 'jira.administrator',
      what: '/mypermissions says whether the account is an administrator',
      judge: () => {
        const [answer] = rest(/\/mypermissions$/);
        if (answer === undefined) return notSeen('nobody was signed in');
        return either(/"ADMINISTER"/.test(answer.text), 'it does', 'it does not name ADMINISTER');
      },
    },
    {
      id: 'jira.user-list',
      what: '/user/list lists everybody, or is missing and groups list their members',
      judge: () => {
        const [list] = rest(/\/user\/list$/);
        const members = rest(/\/group\/member$/);
        if (list === undefined) return notSeen('nobody was signed in');
        const wellFormed = (answer: ProductAnswer) => /"values":\[/.test(answer.text);
        if (list.status === 404 || list.status === 405)
          return either(members.some(wellFormed), 'by the members of groups', 'neither answers');
        return either(list.status === 200 && wellFormed(list), 'it does', `it answers ${list.status}, in another form`);
      },
    },
    {
      id: 'jira.user-list-cursor',
      what: 'the cursor of /user/list leads to other people',
      judge: () => {
        const [first, second] = rest(/\/user\/list$/);
        if (first === undefined || second === undefined) return notSeen('one page holds everybody');
        return either(
          second.status === 200 && second.text !== first.text,
          'it does',
          'the next page is none, or the same',
        );
      },
    },
    {
      id: 'jira.user-by-key',
      what: '/user?key= finds an account by its immutable key',
      judge: () => {
        const answer = byKey(true);
        if (answer === undefined) return notSeen('nobody was signed in');
        const key = String(Object(parsedText(answer.text)).key);
        return either(
          answer.status === 200 && key === answer.request.query?.key,
          'it does',
          `it answers ${answer.status}, or with another key`,
        );
      },
    },
    {
      id: 'jira.user-unknown-key',
      what: '/user?key= answers 404 for an unknown key',
      judge: () => {
        const answer = byKey(false);
        if (answer === undefined) return notSeen('nobody was signed in');
        return either(answer.status === 404, 'it does', `it answers ${answer.status}`);
      },
    },
    {
      id: 'jira.user-search',
      what: '/user/search finds an account by its mail address',
      judge: () => {
        const [answer] = rest(/\/user\/search$/);
        if (answer === undefined) return notSeen('the service account has no mail address');
        return either(/^\s*\[\s*\{/.test(answer.text), 'it does', 'it does not find the service account');
      },
    },
    {
      id: 'jira.properties-form',
      what: 'the User Properties page has the form that adds a property, with name, key and value',
      judge: () => {
        if (store !== 'userProperty') return otherStore;
        const [page] = pages();
        return page === undefined
          ? notSeen('the page did not open')
          : readable(() => readAddForm(page.text, product.name), 'it has');
      },
    },
    {
      id: 'jira.properties-rows',
      what: 'each property is a row with its key, its value and the links edit_<key> and delete_<key>',
      judge: () => {
        if (store !== 'userProperty') return otherStore;
        const withRows = pages().filter(({ text }) => /id="?(edit|delete)_/.test(text));
        const formed = withRows.filter(opens);
        const [page] = formed;
        return page === undefined
          ? notSeen('no account with properties was read')
          : readable(() => formed.map(({ text }) => readPropertiesPage(text, product.name)), 'it is');
      },
    },
    {
      id: 'jira.properties-add',
      what: 'EditUserProperties!add.jspa adds a property',
      judge: action('EditUserProperties!add.jspa', leadsBack),
    },
    {
      id: 'jira.properties-update',
      what: 'EditUserProperty!update.jspa replaces a value',
      judge: action('EditUserProperty!update.jspa', leadsBack),
    },
    {
      id: 'jira.properties-delete',
      what: 'DeleteUserProperty.jspa deletes a property',
      judge: action('DeleteUserProperty.jspa', leadsBack),
    },
    {
      id: 'jira.properties-refused',
      what: 'a refused form is shown again with status 200',
      judge: () => {
        if (store !== 'userProperty') return otherStore;
        const blank = formsTaken(/!add\.jspa$/).find(({ request }) => request.form?.value === '');
        if (blank === undefined) return notSeen('nothing was written (--write-test)');
        const again = blank.status === 200 && showsAgain(blank.text, 'EditUserProperties!add.jspa', product.name);
        return either(again, 'it is', `it is answered with ${blank.status} instead`);
      },
    },
    {
      id: 'jira.entity-properties',
      what: '/user/properties lists the keys of an account and takes JSON values',
      judge: () => {
        if (store !== 'entityProperty') return otherStore;
        const answers = seen
          .map(({ answer }) => answer)
          .filter(({ request }) => request.route.startsWith('/rest/api/2/user/properties'));
        if (answers.length === 0) return notSeen('nobody was signed in');
        const lists = rest(/\/user\/properties$/);
        if (!lists.every(({ status, text }) => status === 200 && /"keys":\[/.test(text)))
          return ['doesNot', 'it does not list the keys of an account, or in another form'];
        return either(
          answers.every(({ status }) => status < 300 || status === 404),
          'it does',
          'it refuses a request',
        );
      },
    },
    {
      id: 'jira.endpoint-script',
      what: 'the endpoint script of this page answers for the accounts it is asked about',
      judge: () => {
        if (store !== 'scriptRunner') return otherStore;
        const answers = rest(/\/attuneUserProperties$/, 'POST');
        if (answers.length === 0) return notSeen('nobody was signed in');
        return either(
          answers.every(({ status, text }) => status === 200 && /"users":\[/.test(text)),
          'it does',
          'it is missing, or answers in another form',
        );
      },
    },
  ];
};
