import { type Assumption, either, type Judged, notSeen, readable, tryAll } from '../../core/assumption.ts';
import type { Call } from '../../core/call.ts';
import type { Failure } from '../../core/failure.ts';
import type { Http, Seen } from '../../http/http.ts';
import { parsedText, shaped } from '../../http/read-json.ts';
import { answersAt } from '../assume.ts';
import { findUsers, getUser, listUsers, type UserPage } from './client.ts';
import { entraGroupIds } from './groups.ts';
import { usersByIds } from './listing/by-ids.ts';
import { placesNow, readChanges, trackingOf } from './listing/changes.ts';
import { groupsOf } from './listing/groups-of.ts';
import { quoted } from './listing/query.ts';
import { type DocumentGroups, readMembers } from './members.ts';
import { changePage, memberPage, userPage } from './schema.ts';
import type { Selection } from './selection.ts';
import type { EntraSettings } from './settings.ts';

const nobody = 'attune-no-such-user@attune.invalid';
const noProperty = 'attuneNoSuchProperty';

/** Asks Graph for everything the assumptions are judged by; nothing is written. */
export const tryEntra = async (
  http: Http,
  selection: Selection,
  groups: EntraSettings['groups'],
  call: Call,
): Promise<readonly Failure[]> => {
  let page: UserPage = { users: [], next: null };
  let places: readonly string[] = [];
  const named: DocumentGroups = { groups, idOf: entraGroupIds(http) };
  const one = () => page.users[0];
  const text = (name: string): string | null => {
    const value = one()?.[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return tryAll(
    [
      async () => {
        page = await listUsers(http, selection, 0, null, call);
      },
      async () => (page.next === null ? null : listUsers(http, selection, 0, page.next, call)),
      () => http.get({ route: '/v1.0/users', kind: 'read', query: { $select: noProperty, $top: '1' } }, userPage, call),
      async () => {
        places = await placesNow(http, trackingOf(selection), call);
      },
      async () => {
        const chains = places.map((link) => ({ link, ended: false }));
        return readChanges(http, trackingOf(selection), chains, call);
      },
      async () => getUser(http, selection, 0, one()?.id ?? nobody, call),
      async () => getUser(http, selection, 0, text('userPrincipalName') ?? nobody, call),
      () => getUser(http, selection, 0, nobody, call),
      async () => {
        const mail = text('mail');
        if (mail === null) return null;
        return findUsers(http, selection, 0, `mail eq ${quoted(mail)} or otherMails/any(x:x eq ${quoted(mail)})`, call);
      },
      () => {
        const ids = page.users.slice(0, 15).map(({ id }) => id);
        return usersByIds(http, selection, 0, ids, call);
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

/** Everything docs/connectors/entra.md says that Attune relies on, by the ids of that page. */
export const entraAssumptions = (seen: readonly Seen[], selection: Selection, party: string): readonly Assumption[] => {
  const listing = () => answersAt(seen, '/v1.0/users', { $top: /^\d{3}$/, $filter: /^$/ });
  const people = ({ answer }: Seen) => shaped(parsedText(answer.text), userPage, answer, party).value;
  const isPage = ({ answer }: Seen) => answer.status === 200 && userPage.safeParse(parsedText(answer.text)).success;
  const onPage = (judge: (page: Seen) => Judged): Judged => {
    const [page] = listing();
    return page === undefined || !isPage(page) ? notSeen('nobody was listed') : judge(page);
  };
  const behind = () =>
    seen.find(
      ({ url, answer }) =>
        answer.request.isLink && answer.request.route === '/v1.0/users' && url.searchParams.has('$skiptoken'),
    );
  const byKey = (test: (key: string) => boolean) =>
    [...answersAt(seen, '/v1.0/users/{key}'), ...answersAt(seen, '/v1.0/users({key})')].find(({ url }) =>
      test(decodeURIComponent(url.pathname.split('/').at(-1) ?? '')),
    );
  const found = (answer: Seen | undefined): Judged =>
    answer === undefined
      ? notSeen('nobody was listed')
      : either(answer.answer.status === 200, 'it does', `it answers ${answer.answer.status}`);
  const filtered = (filter: RegExp, least: number): Judged => {
    const [answer] = answersAt(seen, '/v1.0/users', { $filter: filter });
    if (answer === undefined) return notSeen('nobody was listed who could be looked up');
    return either(
      isPage(answer) && people(answer).length >= least,
      'it does',
      `it answers ${answer.answer.status}, or without them`,
    );
  };
  const ofGroups = (route: RegExp): Judged => {
    const answers = seen.filter(({ answer }) => route.test(answer.request.route));
    if (answers.length === 0) return notSeen('the source names no groups');
    const well = ({ answer }: Seen) => answer.status === 200 && memberPage.safeParse(parsedText(answer.text)).success;
    const bad = answers.find((one) => !well(one));
    return either(bad === undefined, 'they do', `${bad?.answer.status ?? 0} is answered, or in another form`);
  };
  return [
    {
      id: 'entra.list',
      what: '/users lists people, each with an id, in pages of up to 999',
      judge: () => {
        const [page] = listing();
        if (page === undefined) return notSeen('there was no answer');
        if (page.answer.status !== 200) return ['doesNot', `it answers ${page.answer.status}`];
        return readable(() => people(page), 'it does');
      },
    },
    {
      id: 'entra.list-next',
      what: '@odata.nextLink leads to other people, at the same host',
      judge: () =>
        onPage((page) => {
          const links = parsedText(page.answer.text);
          if (Object(links)['@odata.nextLink'] === undefined) return notSeen('one page holds everybody');
          const next = behind();
          const well = next !== undefined && isPage(next) && next.answer.text !== page.answer.text;
          return either(well, 'it does', 'the next page is none, the same, or elsewhere');
        }),
    },
    {
      id: 'entra.select',
      what: 'people have each attribute that $select names, with null if there is no value',
      judge: () =>
        onPage((page) => {
          const users = people(page);
          if (users.length === 0) return notSeen('the directory is empty');
          const missing = (selection.parts[0] ?? []).filter((name) => !users.some((user) => Object.hasOwn(user, name)));
          return either(missing.length === 0, 'they do', `nobody has ${missing.join(', ')}`);
        }),
    },
    {
      id: 'entra.manager',
      what: '$expand=manager returns the manager with the requested attributes',
      judge: () =>
        onPage((page) => {
          if (selection.manager === null) return notSeen('no row reads the manager');
          const users = people(page);
          const managers = users.flatMap(({ manager }) => (manager === undefined || manager === null ? [] : [manager]));
          if (managers.length === 0) return notSeen('nobody on the first page has a manager, or it is not returned');
          const well = managers.every((one) => selection.manager?.every((name) => Object.hasOwn(Object(one), name)));
          return either(well, 'it does', 'managers are returned without the requested attributes');
        }),
    },
    {
      id: 'entra.unknown-property',
      what: 'a property that Graph does not know is refused with 400 rather than left out',
      judge: () => {
        const [answer] = answersAt(seen, '/v1.0/users', { $select: new RegExp(`^${noProperty}$`) });
        if (answer === undefined) return notSeen('there was no answer');
        return either(answer.answer.status === 400, 'it is', `it is answered ${answer.answer.status}`);
      },
    },
    {
      id: 'entra.changes-place',
      what: '/users/delta with $deltatoken=latest immediately returns a position in the changes',
      judge: () => {
        const answers = answersAt(seen, '/v1.0/users/delta', { $deltatoken: /^latest$/ });
        if (answers.length === 0) return notSeen('there was no answer');
        const bad = answers.find(
          ({ answer }) => answer.status !== 200 || !changePage.safeParse(parsedText(answer.text)).success,
        );
        return either(bad === undefined, 'it does', `it answers ${bad?.answer.status ?? 0}, or without one`);
      },
    },
    {
      id: 'entra.changes',
      what: 'that position leads to the changes since then, and to the next position',
      judge: () => {
        const behindPlace = answersAt(seen, '/v1.0/users/delta').filter(
          ({ url, answer }) => answer.request.isLink && url.searchParams.get('$deltatoken') !== 'latest',
        );
        if (behindPlace.length === 0) return notSeen('there was no position to continue from');
        const bad = behindPlace.find(
          ({ answer }) => answer.status !== 200 || !changePage.safeParse(parsedText(answer.text)).success,
        );
        return either(bad === undefined, 'it does', `it answers ${bad?.answer.status ?? 0}, or in another form`);
      },
    },
    {
      id: 'entra.user-by-id',
      what: '/users/{id} returns the person with an object id',
      judge: () => found(byKey((key) => !key.includes('@'))),
    },
    {
      id: 'entra.user-by-login',
      what: '/users/{userPrincipalName} returns the person with a login',
      judge: () => found(byKey((key) => key.includes('@') && !key.includes(nobody))),
    },
    {
      id: 'entra.user-unknown',
      what: '/users/{key} answers 404 for an unknown key',
      judge: () => {
        const answer = byKey((key) => key.includes(nobody));
        if (answer === undefined) return notSeen('there was no answer');
        return either(answer.answer.status === 404, 'it does', `it answers ${answer.answer.status}`);
      },
    },
    {
      id: 'entra.user-by-mail',
      what: 'a filter on mail and otherMails finds the person with a mail address',
      judge: () => filtered(/^mail eq /, 1),
    },
    {
      id: 'entra.users-by-ids',
      what: 'one filter finds the people with up to 15 ids',
      judge: () => filtered(/^id eq /, 1),
    },
    {
      id: 'entra.group-members',
      what: 'the members of a group are listed as users, including nested groups on request',
      judge: () => ofGroups(/^\/v1\.0\/groups\/\{id\}\/.*embers/),
    },
    {
      id: 'entra.groups-of',
      what: 'the groups of one person are listed',
      judge: () => ofGroups(/emberOf$/),
    },
  ];
};
