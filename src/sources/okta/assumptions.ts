import { type Assumption, either, type Judged, notSeen, readable, tryAll } from '../../core/assumption.ts';
import type { Call } from '../../core/call.ts';
import type { Failure } from '../../core/failure.ts';
import type { Http, Seen } from '../../http/http.ts';
import { parsedText, shaped } from '../../http/read-json.ts';
import { answersAt } from '../assume.ts';
import { findUsers, getUser, listUsers, nextLink, quoted, type UserPage } from './client.ts';
import { oktaGroupIds } from './groups.ts';
import { type DocumentGroups, groupsOf, readMembers } from './members.ts';
import { idPage, userPage } from './schema.ts';
import type { Selection } from './selection.ts';
import type { OktaSettings } from './settings.ts';

const route = '/api/v1/users';
const nobody = 'attune-no-such-user@attune.invalid';

/** Asks Okta for everything the assumptions are judged by; nothing is written. */
export const tryOkta = async (
  http: Http,
  selection: Selection,
  groups: OktaSettings['groups'],
  call: Call,
): Promise<readonly Failure[]> => {
  let page: UserPage = { users: [], next: null, served: null };
  const named: DocumentGroups = { groups, idOf: oktaGroupIds(http) };
  const one = () => page.users[0];
  const profile = (name: string): string | null => {
    const value = one()?.profile[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const since = () => new Date((page.served ?? 0) - 60_000).toISOString();
  return tryAll(
    [
      async () => {
        page = await listUsers(
          http,
          selection,
          { filter: `lastUpdated gt ${quoted('1970-01-01T00:00:00.000Z')}` },
          call,
        );
      },
      async () => (page.next === null ? null : listUsers(http, selection, { link: page.next }, call)),
      async () => listUsers(http, selection, { filter: `lastUpdated gt ${quoted(since())}` }, call),
      async () => getUser(http, one()?.id ?? nobody, call),
      async () => getUser(http, profile('login') ?? nobody, call),
      () => getUser(http, nobody, call),
      async () => {
        const mail = profile('email');
        return mail === null ? null : findUsers(http, selection, `profile.email eq ${quoted(mail)}`, call);
      },
      ...Object.keys(groups).map((group) => () => readMembers(http, named, group, null, call)),
      async () => {
        const person = one();
        return person === undefined || Object.keys(groups).length === 0 ? null : groupsOf(http, named, person.id, call);
      },
    ],
    call,
  );
};

/** Everything docs/connectors/okta.md says that Attune relies on, by the ids of that page. */
export const oktaAssumptions = (seen: readonly Seen[], selection: Selection, party: string): readonly Assumption[] => {
  const everybody = /1970-01-01/;
  const listing = () => answersAt(seen, route, { filter: everybody }).filter(({ answer }) => !answer.request.isLink);
  const people = ({ answer }: Seen) => shaped(parsedText(answer.text), userPage, answer, party);
  const isPage = ({ answer }: Seen) => answer.status === 200 && userPage.safeParse(parsedText(answer.text)).success;
  const onPage = (judge: (page: Seen) => Judged): Judged => {
    const [page] = listing();
    return page === undefined || !isPage(page) ? notSeen('nobody was listed') : judge(page);
  };
  const byKey = (test: (key: string) => boolean) =>
    answersAt(seen, `${route}/{key}`).find(({ url }) => test(decodeURIComponent(url.pathname.split('/').at(-1) ?? '')));
  const found = (answer: Seen | undefined): Judged =>
    answer === undefined
      ? notSeen('nobody was listed')
      : either(answer.answer.status === 200, 'it does', `it answers ${answer.answer.status}`);
  const ofGroups = (asked: string): Judged => {
    const answers = answersAt(seen, asked);
    if (answers.length === 0) return notSeen('the source names no groups');
    const bad = answers.find(
      ({ answer }) => answer.status !== 200 || !idPage.safeParse(parsedText(answer.text)).success,
    );
    return either(bad === undefined, 'they do', `${bad?.answer.status ?? 0} is answered, or in another form`);
  };
  return [
    {
      id: 'okta.list',
      what: '/users lists people, each with an id and a status, in pages of up to 200',
      judge: () => {
        const [page] = listing();
        if (page === undefined) return notSeen('there was no answer');
        if (page.answer.status !== 200) return ['doesNot', `it answers ${page.answer.status}`];
        return readable(() => people(page), 'it does');
      },
    },
    {
      id: 'okta.list-next',
      what: 'the Link header with rel="next" leads to other people, at the same host',
      judge: () =>
        onPage((page) => {
          if (nextLink(page.answer) === null) {
            return people(page).length < 200
              ? notSeen('one page holds everybody')
              : ['doesNot', 'a full page comes without a link'];
          }
          const next = seen.find(({ answer }) => answer.request.isLink && answer.request.route === route);
          const well = next !== undefined && isPage(next) && next.answer.text !== page.answer.text;
          return either(well, 'it does', 'the next page is none, the same, or elsewhere');
        }),
    },
    {
      id: 'okta.fields',
      what: 'fields selects the attributes of people, and these are returned',
      judge: () =>
        onPage((page) => {
          const users = people(page);
          if (users.length === 0) return notSeen('the organization is empty');
          const missing = [...selection.top].filter((name) => !users.some((user) => Object.hasOwn(user, name)));
          return either(missing.length === 0, 'it does', `nobody is returned with ${missing.join(', ')}`);
        }),
    },
    {
      id: 'okta.date',
      what: 'answers carry the server’s own time (Date)',
      judge: () =>
        onPage(({ answer }) =>
          either(
            !Number.isNaN(Date.parse(answer.header('date') ?? '')),
            'they do',
            'they do not: increments read everybody',
          ),
        ),
    },
    {
      id: 'okta.changes',
      what: 'the filter lastUpdated gt finds the people changed since a time',
      judge: () => {
        const [answer] = answersAt(seen, route, { filter: /^lastUpdated gt / }).filter(
          ({ url }) => !everybody.test(url.searchParams.get('filter') ?? ''),
        );
        if (answer === undefined) return notSeen('there was no answer');
        return either(isPage(answer), 'it does', `it answers ${answer.answer.status}, or in another form`);
      },
    },
    {
      id: 'okta.user-by-id',
      what: '/users/{id} returns the person with an id',
      judge: () => found(byKey((key) => !key.includes('@'))),
    },
    {
      id: 'okta.user-by-login',
      what: '/users/{login} returns the person with a login',
      judge: () => found(byKey((key) => key.includes('@') && key !== nobody)),
    },
    {
      id: 'okta.user-unknown',
      what: '/users/{key} answers 404 for an unknown key',
      judge: () => {
        const answer = byKey((key) => key === nobody);
        if (answer === undefined) return notSeen('there was no answer');
        return either(answer.answer.status === 404, 'it does', `it answers ${answer.answer.status}`);
      },
    },
    {
      id: 'okta.user-by-mail',
      what: 'the filter profile.email eq finds the person with a mail address',
      judge: () => {
        const [answer] = answersAt(seen, route, { filter: /^profile\.email eq / });
        if (answer === undefined) return notSeen('nobody with a mail address was listed');
        const well = isPage(answer) && people(answer).length > 0;
        return either(well, 'it does', `it answers ${answer.answer.status}, or without them`);
      },
    },
    {
      id: 'okta.group-members',
      what: 'the members of a group are listed',
      judge: () => ofGroups('/api/v1/groups/{id}/users'),
    },
    {
      id: 'okta.groups-of',
      what: 'the groups of one person are listed',
      judge: () => ofGroups(`${route}/{id}/groups`),
    },
  ];
};
