import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { createReplay } from '../../sandbox/atlassian/replay.ts';
import { createFaults } from '../../sandbox/faults.ts';
import { startService } from '../../sandbox/http.ts';
import { createJournal } from '../../sandbox/journal.ts';
import type { Assumed } from '../../src/core/assumption.ts';
import type { AttributePath } from '../../src/core/values.ts';
import type { SourceMember } from '../contract/source-lab.ts';
import { members } from '../contract/source-members.ts';
import { type Alter, altering } from '../targets/fixtures/altering.ts';
import { leading, startCall } from './fixtures.ts';

type Name = SourceMember['name'];

/** What a mapping reads, with what the source itself names people by. */
const selections: Readonly<Record<Name, readonly AttributePath[]>> = {
  entra: ['userPrincipalName', 'mail', 'displayName', 'companyName', 'manager.displayName'],
  okta: ['profile.login', 'profile.email', 'profile.firstName', 'profile.lastName', 'status', 'lastUpdated'],
  google: ['primaryEmail', 'name.fullName', 'orgUnitPath', 'customSchemas.Employment.badge'],
};
const users: Readonly<Record<Name, number>> = { entra: 250, okta: 450, google: 700 };

const idsOnPage = (name: Name): readonly string[] => {
  const page = readFileSync(new URL(`../../docs/connectors/${name}.md`, import.meta.url), 'utf8');
  const [, table = ''] = page.split('## What Attune relies on');
  return [...table.matchAll(/^\| `([\w.-]+)` \|/gm)].map(([, id]) => id ?? '');
};

const inState = ({ lines }: Assumed, state: string): readonly string[] =>
  lines.filter((line) => line.state === state).map(({ id }) => id);

const labFor = async (t: TestContext, member: SourceMember) => {
  const lab = await member.start(users[member.name]);
  t.after(lab.close);
  const people: unknown = await (await lab.control('GET', '/stores/entra')).json();
  const first = Array.isArray(people) ? people.slice(0, 5).map((one) => String(Object(one).id)) : [];
  await lab.control('PUT', '/groups/crew-id', { people: first });
  const groups = { crew: 'crew-id' };
  const at = (url: string | null): Promise<Assumed> =>
    lab
      .open({ groups, ...(url === null ? {} : leading(member.name, url, lab.url)) })
      .assume(selections[member.name], startCall().call);
  return { lab, at };
};

for (const member of members) {
  const { name } = member;
  describe(`what Attune relies on at ${name}`, () => {
    test('is printed by the ids of the page, and all of it holds at the stand-in', async (t) => {
      const { at } = await labFor(t, member);
      const assumed = await at(null);
      assert.deepEqual(
        assumed.lines.map(({ id }) => id),
        idsOnPage(name),
      );
      assert.deepEqual(inState(assumed, 'doesNot'), [], JSON.stringify(assumed.lines));
      assert.deepEqual(inState(assumed, 'notSeen'), [], JSON.stringify(assumed.lines));
    });

    test('evidence holds no value of anybody, and a stand-in fed with it answers as the original', async (t) => {
      const { lab, at } = await labFor(t, member);
      const original = await at(null);
      const text = JSON.stringify(original.evidence);
      const people: unknown = await (await lab.control('GET', '/stores/entra')).json();
      assert.ok(Array.isArray(people) && people.length > 100);
      const plain = decodeURIComponent(text.replaceAll(/%(?![0-9A-F]{2})/g, '%25'));
      for (const each of [text, plain]) {
        for (const one of people) {
          for (const field of [
            'id',
            'displayName',
            'givenName',
            'surname',
            'mail',
            'userPrincipalName',
            'companyName',
          ]) {
            const value = Reflect.get(Object(one), field);
            const shown = field === 'id' ? lab.idOf(String(value)) : value;
            if (typeof shown === 'string' && shown.length > 3) assert.ok(!each.includes(shown), `${field}: ${shown}`);
          }
        }
        assert.doesNotMatch(each, /acme|crew|127\.0\.0\.1|Bearer|SSWS/i);
      }
      assert.ok(original.evidence.exchanges.length > 5);
      const replay = createReplay(JSON.parse(text));
      const running = await startService(replay.service, { journal: createJournal(), faults: createFaults() });
      t.after(running.close);
      const groups = { crew: groupIn(text) };
      const source = lab.open({ groups, ...leading(name, running.url) });
      const again = await source.assume(selections[name], startCall().call);
      assert.deepEqual(again.lines, original.lines, JSON.stringify(replay.unknown()));
    });
  });
}

/** The name that stands for the group in evidence. */
const groupIn = (text: string): string => /\/groups\/(v\d+)/.exec(text)?.[1] ?? assert.fail('no group was asked for');

const body =
  (path: RegExp, from: RegExp, to: string): Alter =>
  (request, answer) =>
    path.test(request.path) ? { ...answer, body: answer.body.replaceAll(new RegExp(from, 'g'), to) } : answer;
const status =
  (path: RegExp, code: number, as = '{}'): Alter =>
  (request, answer) =>
    path.test(request.path) ? { ...answer, status: code, body: as } : answer;
const headers =
  (path: RegExp, name: string, from: RegExp, to: string): Alter =>
  (request, answer) =>
    path.test(request.path)
      ? { ...answer, headers: { ...answer.headers, [name]: (answer.headers[name] ?? '').replace(from, to) } }
      : answer;

const broken: readonly (readonly [id: string, alter: Alter])[] = [
  ['entra.sign-in', (request, answer) => (request.path.startsWith('/v1.0') ? { ...answer, status: 401 } : answer)],
  ['entra.list', body(/users\?.*%24top=\d{3}|users\?.*\$top=\d{3}/, /"id":/, '"ident":')],
  ['entra.list-next', status(/users\?.*skiptoken/, 400, '{"error":{"code":"x","message":""}}')],
  ['entra.select', body(/users\?.*top=\d{3}/, /"companyName":/, '"company":')],
  ['entra.manager', body(/users\?.*top=\d{3}/, /"manager":\{[^}]*\}/, '"manager":{"id":"other"}')],
  ['entra.unknown-property', status(/attuneNoSuchProperty/, 200, '{"value":[]}')],
  ['entra.changes-place', status(/deltatoken=latest/, 400, '{"error":{"code":"x","message":""}}')],
  ['entra.changes', status(/deltatoken=(?!latest)/, 200, '{"value":[]}')],
  ['entra.user-by-id', status(/users\/[0-9a-f-]{36}\?/, 404, '{"error":{"code":"x","message":""}}')],
  ['entra.user-by-login', status(/users\/(?!attune)[^/?]*(%40|@)/, 404, '{"error":{"code":"x","message":""}}')],
  ['entra.user-unknown', status(/attune-no-such-user/, 400, '{"error":{"code":"x","message":""}}')],
  ['entra.user-by-mail', status(/filter=mail/, 200, '{"value":[]}')],
  ['entra.users-by-ids', status(/filter=id/, 200, '{"value":[]}')],
  ['entra.group-members', status(/groups\/crew-id/, 403, '{"error":{"code":"x","message":""}}')],
  ['entra.groups-of', status(/memberOf/, 403, '{"error":{"code":"x","message":""}}')],
  ['okta.sign-in', (request, answer) => (request.path.startsWith('/api') ? { ...answer, status: 401 } : answer)],
  ['okta.list', body(/1970-01-01/, /"status":/, '"state":')],
  ['okta.list-next', headers(/1970-01-01/, 'link', /rel="next"/, 'rel="further"')],
  ['okta.fields', body(/1970-01-01/, /"lastUpdated":/, '"updated":')],
  ['okta.date', headers(/^\/api/, 'date', /.*/, 'today')],
  ['okta.changes', status(/filter=lastUpdated(?!.*1970)/, 400)],
  ['okta.user-by-id', status(/users\/00u[^/]*$/, 404)],
  ['okta.user-by-login', status(/users\/(?!attune)[^/?]*(%40|@)/, 404)],
  ['okta.user-unknown', status(/attune-no-such-user/, 400)],
  ['okta.user-by-mail', status(/filter=profile\.email/, 200, '[]')],
  ['okta.group-members', status(/groups\/crew-id\/users/, 403)],
  ['okta.groups-of', status(/users\/[^/]+\/groups/, 403)],
  ['google.sign-in', (request, answer) => (request.path.startsWith('/admin') ? { ...answer, status: 401 } : answer)],
  ['google.list', body(/v1\/users\?/, /"id":/, '"ident":')],
  ['google.list-next', status(/pageToken=/, 200, '{}')],
  ['google.fields', body(/v1\/users\?/, /"suspended":/, '"locked":')],
  ['google.custom-schemas', body(/v1\/users\?/, /"Employment":/, '"Occupation":')],
  ['google.user-by-id', status(/users\/\d+\?/, 404)],
  ['google.user-by-mail', status(/users\/(?!attune)[^/?]*(%40|@)/, 404)],
  ['google.user-unknown', status(/attune-no-such-user/, 403)],
  ['google.group-members', status(/groups\/crew-id\/members\?/, 403)],
  ['google.groups-of', status(/groups\/crew-id\/members\/\d/, 403)],
];

for (const member of members) {
  describe(`an assumption about ${member.name} that is broken`, () => {
    test('has a case for each id of the page', () => {
      const cases = new Set(broken.map(([id]) => id));
      const ids = idsOnPage(member.name);
      assert.ok(ids.length > 8);
      assert.deepEqual(
        ids.filter((id) => !cases.has(id)),
        [],
      );
    });

    for (const [id, alter] of broken.filter(([one]) => one.startsWith(`${member.name}.`))) {
      test(`${id} is red, and nothing else`, async (t) => {
        const { lab, at } = await labFor(t, member);
        const proxy = await altering(lab.url, alter);
        t.after(proxy.close);
        const assumed = await at(proxy.url);
        assert.deepEqual(inState(assumed, 'doesNot'), [id], JSON.stringify(assumed.lines));
      });
    }
  });
}
