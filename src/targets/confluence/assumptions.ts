import { type Assumption, either, type Judged, notSeen, readable, tryAll } from '../../core/assumption.ts';
import type { Call } from '../../core/call.ts';
import { parsedText } from '../../http/read-json.ts';
import type { ProductAnswer } from '../atlassian/connection.ts';
import { accountTried, answersTo, doorsOf, signInAssumptions, writesOf } from '../atlassian/evidence/assume.ts';
import type { Recorded } from '../atlassian/evidence/record.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Account, WriteTrial } from '../target.ts';
import { accountsPage, accountToday, findAccounts, ownAccount } from './accounts.ts';
import { leadsToUser } from './apply.ts';
import { readEditForm, readIdentity, readUserForm } from './pages.ts';
import { isPreference } from './preferences.ts';
import { confluenceProduct } from './product.ts';
import type { ConfluenceSettings } from './settings.ts';
import { stores } from './stores.ts';

type Used = Pick<ConfluenceSettings, 'store' | 'remoteApi'>;

/** Does everything the assumptions are judged by: reads, and with a trial writes to that one account. */
export const tryConfluence = async (
  session: Session,
  { store, remoteApi }: Used,
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
      async () => {
        next = (await accountsPage(session, null, call)).next;
      },
      async () => (next === null ? null : accountsPage(session, next, call)),
      me((account) => accountToday(session, account, call)),
      me((account) => accountToday(session, { ...account, key: 'attune-no-such-key' }, call)),
      me((account) => bare.readProfile(account, ['field:phone'], call)),
      me(async (account) => (remoteApi ? bare.readProfile(account, ['userProperty:attune'], call) : null)),
    ],
    call,
  );
  if (trial === null) return;
  const account = await accountTried(() => findAccounts(session, { by: 'username', value: trial.username }, call));
  if (account === null) return;
  const field = trial.attributes.find((each) => !isPreference(each));
  const preference = trial.attributes.find(isPreference);
  for (const attribute of [field, preference]) {
    if (attribute !== undefined) await tryAll(writesOf(bare, account, attribute, call), call);
  }
};

/** Everything docs/connectors/confluence.md says that Attune relies on, by the ids of that page. */
export const confluenceAssumptions = (
  baseUrl: URL,
  loginPath: string,
  { store, remoteApi }: Used,
  seen: readonly Recorded[],
): readonly Assumption[] => {
  const product = confluenceProduct(baseUrl);
  const isForm = ({ text }: ProductAnswer) => readable(() => readEditForm(text, product.name), '')[0] === 'holds';
  const doors = doorsOf(product, baseUrl, isForm);
  const pages = () =>
    answersTo(seen, 'GET', /\/edituser\.action$/).filter((answer) => answer.status === 200 && !doors.isShut(answer));
  const otherStore = notSeen(`the store of this target is ${store}`);
  const onForm = (judge: (page: ProductAnswer) => Judged): Judged => {
    if (store !== 'userForm') return otherStore;
    const [page] = pages();
    return page === undefined ? notSeen('the form did not open') : judge(page);
  };
  const saved = () => answersTo(seen, 'POST', /\/doedituser\.action$/).filter((answer) => !doors.isShut(answer));
  const leads = (answer: ProductAnswer): boolean => leadsToUser(answer, baseUrl);
  const written = (judge: () => Judged): Judged => {
    if (store !== 'userForm') return otherStore;
    return saved().length === 0 ? notSeen('nothing was written (--write-test)') : judge();
  };
  const valuesSent = () =>
    saved().flatMap(({ request }) =>
      Object.entries(request.form ?? {}).filter(([name]) => name.startsWith('userparam-')),
    );
  const lastForm = () =>
    pages()
      .slice(-1)
      .flatMap((page) => (isForm(page) ? [page.text] : []));
  const list = () => answersTo(seen, 'GET', /\/user\/list$/);
  const byKey = (isOwn: boolean) =>
    answersTo(seen, 'GET', /^\/rest\/api\/user$/).find(
      ({ request }) => request.query?.key !== undefined && (request.query.key === 'attune-no-such-key') !== isOwn,
    );
  return [
    ...signInAssumptions(product, baseUrl, loginPath, seen, doors),
    {
      id: 'confluence.user-list',
      what: '/rest/api/user/list lists everybody, or is missing and groups list their members',
      judge: () => {
        const [first] = list();
        const members = answersTo(seen, 'GET', /\/member$/);
        const formed = (answer: ProductAnswer) => /"results":\[/.test(answer.text);
        if (first === undefined) return notSeen('nobody was signed in');
        if (first.status === 404 || first.status === 405)
          return either(members.some(formed), 'by the members of groups', 'neither answers');
        return either(first.status === 200 && formed(first), 'it does', `it answers ${first.status}, in another form`);
      },
    },
    {
      id: 'confluence.user-list-next',
      what: 'the list shows in _links.next whether more follows, and start leads there',
      judge: () => {
        const [first, second] = list();
        if (first === undefined || second === undefined) return notSeen('one page holds everybody');
        return either(
          second.status === 200 && second.text !== first.text,
          'it does',
          'the next page is none, or the same',
        );
      },
    },
    {
      id: 'confluence.user-by-key',
      what: '/rest/api/user?key= finds an account by its immutable key, with its status',
      judge: () => {
        const answer = byKey(true);
        if (answer === undefined) return notSeen('nobody was signed in');
        const { userKey, status } = Object(parsedText(answer.text));
        const well = answer.status === 200 && userKey === answer.request.query?.key && typeof status === 'string';
        return either(well, 'it does', `it answers ${answer.status}, or without key or status`);
      },
    },
    {
      id: 'confluence.user-unknown-key',
      what: '/rest/api/user?key= answers 404 for an unknown key',
      judge: () => {
        const answer = byKey(false);
        if (answer === undefined) return notSeen('nobody was signed in');
        return either(answer.status === 404, 'it does', `it answers ${answer.status}`);
      },
    },
    {
      id: 'confluence.form',
      what: 'edituser.action shows the form editUser, whose action is doedituser.action with userKey',
      judge: () => onForm(({ text }) => readable(() => readEditForm(text, product.name), 'it does')),
    },
    {
      id: 'confluence.form-identity',
      what: 'the form has username, and either both or neither of full name and mail',
      judge: () =>
        onForm((page) =>
          isForm(page)
            ? readable(() => readIdentity(readEditForm(page.text, product.name)), 'it has')
            : notSeen('the form is not as expected'),
        ),
    },
    {
      id: 'confluence.form-fields',
      what: 'the form has each of the six fields once',
      judge: () =>
        onForm((page) => {
          if (!isForm(page)) return notSeen('the form is not as expected');
          const whole = readable(() => readUserForm(page.text, product.name), 'it has');
          return whole[0] === 'doesNot' &&
            readable(() => readIdentity(readEditForm(page.text, product.name)), '')[0] === 'doesNot'
            ? notSeen('the form is not as expected')
            : whole;
        }),
    },
    {
      id: 'confluence.form-saved',
      what: 'a saved form redirects to viewuser.action with the username, encoded once or twice',
      judge: () => written(() => either(saved().every(leads), 'it does', 'the answer is different')),
    },
    {
      id: 'confluence.form-clears',
      what: 'an empty field is removed, an omitted one is kept',
      judge: () =>
        written(() => {
          const cleared = valuesSent()
            .filter(([, value]) => value === '')
            .map(([name]) => name);
          const [last] = lastForm();
          if (cleared.length === 0 || last === undefined) return notSeen('no field was cleared');
          const shown = readUserForm(last, product.name).fields;
          return either(
            [...shown.values()].every((value) => !value.startsWith('Attune write test')),
            'it is',
            'a cleared field still shows its value',
          );
        }),
    },
    {
      id: 'confluence.remote-api',
      what: 'the remote API reads and sets preferences of users',
      judge: () => {
        if (!remoteApi) return notSeen('remoteApi is false');
        const asked = answersTo(seen, 'POST', /^\/rpc\/json-rpc\//).filter((answer) => !product.asksPassword(answer));
        if (asked.length === 0) return notSeen('nobody was signed in');
        return either(
          asked.every(({ status, text }) => status === 200 && !/^\s*\{\s*"error"/.test(text)),
          'it does',
          'it is off, or refuses',
        );
      },
    },
    {
      id: 'confluence.endpoint-script',
      what: 'the endpoint script of this page answers for the accounts it is asked about',
      judge: () => {
        if (store !== 'scriptRunner') return otherStore;
        const answers = answersTo(seen, 'POST', /\/attuneUserDetails$/);
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
