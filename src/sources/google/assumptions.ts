import { type Assumption, either, type Judged, notSeen, readable, tryAll } from '../../core/assumption.ts';
import type { Call } from '../../core/call.ts';
import type { Failure } from '../../core/failure.ts';
import type { Http, Seen } from '../../http/http.ts';
import { parsedText, shaped } from '../../http/read-json.ts';
import { answersAt } from '../assume.ts';
import { getUser, listUsers, type UserPage, type Whom } from './client.ts';
import { groupsOf, readMembers } from './members.ts';
import { memberPage, userPage } from './schema.ts';
import type { Selection } from './selection.ts';
import type { GoogleSettings } from './settings.ts';

const route = '/admin/directory/v1/users';
const nobody = 'attune-no-such-user@attune.invalid';

/** Asks the Directory API for everything the assumptions are judged by; nothing is written. */
export const tryGoogle = async (
  http: Http,
  whom: Whom,
  selection: Selection,
  groups: GoogleSettings['groups'],
  call: Call,
): Promise<readonly Failure[]> => {
  let page: UserPage = { users: [], next: null };
  const one = () => page.users[0];
  const mail = (): string => {
    const value = one()?.primaryEmail;
    return typeof value === 'string' ? value : nobody;
  };
  return tryAll(
    [
      async () => {
        page = await listUsers(http, whom, selection, null, call);
      },
      async () => (page.next === null ? null : listUsers(http, whom, selection, page.next, call)),
      async () => getUser(http, selection, one()?.id ?? nobody, call),
      async () => getUser(http, selection, mail(), call),
      () => getUser(http, selection, nobody, call),
      ...Object.keys(groups).map((group) => () => readMembers(http, groups, group, null, call)),
      async () => {
        const person = one();
        return person === undefined || Object.keys(groups).length === 0
          ? null
          : groupsOf(http, groups, person.id, call);
      },
    ],
    call,
  );
};

/** Everything docs/connectors/google.md says that Attune relies on, by the ids of that page. */
export const googleAssumptions = (
  seen: readonly Seen[],
  selection: Selection,
  party: string,
): readonly Assumption[] => {
  const listing = () => answersAt(seen, route, { pageToken: /^$/ });
  const people = ({ answer }: Seen) => shaped(parsedText(answer.text), userPage, answer, party).users;
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
  return [
    {
      id: 'google.list',
      what: 'users.list lists people, each with an id, in pages of up to 500',
      judge: () => {
        const [page] = listing();
        if (page === undefined) return notSeen('there was no answer');
        if (page.answer.status !== 200) return ['doesNot', `it answers ${page.answer.status}`];
        return readable(() => people(page), 'it does');
      },
    },
    {
      id: 'google.list-next',
      what: 'nextPageToken leads to other people',
      judge: () =>
        onPage((page) => {
          if (Object(parsedText(page.answer.text)).nextPageToken === undefined)
            return notSeen('one page holds everybody');
          const [next] = answersAt(seen, route, { pageToken: /./ });
          const well =
            next !== undefined && isPage(next) && people(next).length > 0 && next.answer.text !== page.answer.text;
          return either(well, 'it does', 'the next page is none, or the same');
        }),
    },
    {
      id: 'google.fields',
      what: 'fields selects the attributes of people, and these are returned',
      judge: () =>
        onPage((page) => {
          const users = people(page);
          if (users.length === 0) return notSeen('the directory is empty');
          const missing = ['primaryEmail', 'suspended'].filter(
            (name) => !users.some((user) => Object.hasOwn(user, name)),
          );
          return either(missing.length === 0, 'it does', `nobody is returned with ${missing.join(', ')}`);
        }),
    },
    {
      id: 'google.custom-schemas',
      what: 'customFieldMask selects the custom schemas of people',
      judge: () =>
        onPage((page) => {
          const asked = [...selection.schemas];
          if (asked.length === 0) return notSeen('no row reads a custom schema');
          const has = (name: string) => people(page).some((user) => Object.hasOwn(Object(user.customSchemas), name));
          const others = people(page).flatMap((user) =>
            Object.keys(Object(user.customSchemas)).filter((name) => !asked.includes(name)),
          );
          if (others.length > 0) return ['doesNot', 'others are returned, too'];
          const missing = asked.filter((name) => !has(name));
          return missing.length === 0
            ? ['holds', 'it does']
            : notSeen(`nobody on the first page has ${missing.join(', ')}`);
        }),
    },
    {
      id: 'google.user-by-id',
      what: 'users.get returns the person with an id',
      judge: () => found(byKey((key) => !key.includes('@'))),
    },
    {
      id: 'google.user-by-mail',
      what: 'users.get returns the person with a mail address',
      judge: () => found(byKey((key) => key.includes('@') && key !== nobody)),
    },
    {
      id: 'google.user-unknown',
      what: 'users.get answers 404 for an unknown mail address',
      judge: () => {
        const answer = byKey((key) => key === nobody);
        if (answer === undefined) return notSeen('there was no answer');
        return either(answer.answer.status === 404, 'it does', `it answers ${answer.answer.status}`);
      },
    },
    {
      id: 'google.group-members',
      what: 'members.list lists the members of a group with their type',
      judge: () => {
        const answers = answersAt(seen, '/admin/directory/v1/groups/{id}/members');
        if (answers.length === 0) return notSeen('the source names no groups');
        const bad = answers.find(
          ({ answer }) => answer.status !== 200 || !memberPage.safeParse(parsedText(answer.text)).success,
        );
        return either(bad === undefined, 'it does', `it answers ${bad?.answer.status ?? 0}, or in another form`);
      },
    },
    {
      id: 'google.groups-of',
      what: 'members.get and hasMember tell whether one person is in a group',
      judge: () => {
        const answers = seen.filter(({ answer }) => /\{person\}$/.test(answer.request.route));
        if (answers.length === 0) return notSeen('the source names no groups');
        const bad = answers.find(({ answer }) => answer.status !== 200 && answer.status !== 404);
        return either(bad === undefined, 'they do', `${bad?.answer.status ?? 0} is answered`);
      },
    },
  ];
};
