import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { createReplay } from '../../sandbox/atlassian/replay.ts';
import { createFaults } from '../../sandbox/faults.ts';
import { startService } from '../../sandbox/http.ts';
import { createJournal } from '../../sandbox/journal.ts';
import type { Assumed } from '../../src/core/assumption.ts';
import type { AttributeId } from '../../src/core/profile.ts';
import { targetDefinitions } from '../../src/targets/index.ts';
import { type Alter, altering } from './fixtures/altering.ts';
import { countingCall } from './fixtures/product.ts';
import { deps, openProduct, type Person, passwordAuth, tokenAuth } from './fixtures/sandbox.ts';

type Kind = 'jira' | 'confluence';
type Given = Readonly<Record<string, unknown>>;

const attributes: Readonly<Record<Kind, readonly AttributeId[]>> = {
  jira: ['userProperty:Company'],
  confluence: ['field:phone', 'userProperty:Company'],
};
const crowd: readonly Person[] = Array.from({ length: 1_100 }, (_, n) => ({ username: `crowd${n}` }));
const ada: Person = { username: 'ada', displayName: 'Ada "A" <L>', properties: { Company: 'Acme', phone: '+1' } };

const assume = (kind: Kind, url: string, settings: Given, writes: boolean): Promise<Assumed> => {
  const definition = targetDefinitions.get(kind);
  assert.ok(definition !== undefined);
  const target = definition.open(definition.settings.parse({ kind, url, auth: passwordAuth, ...settings }), deps);
  const trial = writes ? { username: 'ada', attributes: attributes[kind] } : null;
  return target.assume(trial, countingCall().call);
};

const open = async (t: TestContext, kind: Kind, options: Given, people: readonly Person[] = [ada]) => {
  const product = await openProduct(kind, people, options);
  t.after(product.close);
  return product;
};

/** The ids of a page, as its table of assumptions names them. */
const idsOnPage = (kind: Kind): readonly string[] => {
  const page = readFileSync(new URL(`../../docs/connectors/${kind}.md`, import.meta.url), 'utf8');
  const [, table = ''] = page.split('## What Attune relies on');
  return [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([\w.-]+)` \|/gm)].map(([, id]) => id ?? '');
};

const inState = ({ lines }: Assumed, state: string): readonly string[] =>
  lines.filter((line) => line.state === state).map(({ id }) => id);

const members: readonly (readonly [name: string, kind: Kind, settings: Given, options: Given])[] = [
  ...['old', '10', '11'].flatMap((profile) => [
    [`Jira ${profile}, User Properties`, 'jira', {}, { profile }] as const,
    [`Jira ${profile}, entity properties`, 'jira', { auth: tokenAuth, store: 'entityProperty' }, { profile }] as const,
    [
      `Jira ${profile}, endpoint script`,
      'jira',
      { auth: tokenAuth, store: 'scriptRunner' },
      { profile, scriptRunner: true },
    ] as const,
    [`Confluence ${profile}`, 'confluence', {}, { profile }] as const,
    [
      `Confluence ${profile}, endpoint script`,
      'confluence',
      { auth: tokenAuth, store: 'scriptRunner' },
      { profile, scriptRunner: true },
    ] as const,
  ]),
  [
    'Jira, banner and redirects',
    'jira',
    {},
    { banner: true, sessionInRedirects: true, passwordPageBy: 'redirect', cursorAs: 'number' },
  ],
  [
    'Confluence, banner and redirects',
    'confluence',
    {},
    { banner: true, sessionInRedirects: true, passwordPageBy: 'forward', redirectEncodes: 'once' },
  ],
  ['Confluence, remote API', 'confluence', { remoteApi: true }, { remoteApi: true }],
];

describe('every assumption', () => {
  for (const [name, kind, settings, options] of members) {
    test(`is printed by the ids of the page and none is red: ${name}`, async (t) => {
      const product = await open(t, kind, options, [ada, ...crowd]);
      const before = product.find('ada');
      const assumed = await assume(kind, product.url, settings, false);
      assert.deepEqual(
        assumed.lines.map(({ id }) => id),
        idsOnPage(kind),
      );
      assert.deepEqual(inState(assumed, 'doesNot'), []);
      assert.ok(
        product.journal.entries().every(({ note }) => note?.op === undefined && (note?.writes ?? []).length === 0),
      );
      const written = await assume(kind, product.url, settings, true);
      assert.deepEqual(inState(written, 'doesNot'), []);
      assert.ok(inState(written, 'holds').length >= inState(assumed, 'holds').length);
      assert.deepEqual(product.find('ada'), before, 'what was there is put back');
    });
  }
});

const body =
  (path: RegExp, from: RegExp, to: string): Alter =>
  (request, answer) =>
    path.test(request.path) ? { ...answer, body: answer.body.replaceAll(new RegExp(from, 'g'), to) } : answer;
const status =
  (method: string, path: RegExp, code: number): Alter =>
  (request, answer) =>
    request.method === method && path.test(request.path) ? { ...answer, status: code } : answer;
const without =
  (header: string): Alter =>
  (_, answer) => {
    const { [header]: _dropped, ...headers } = answer.headers;
    return { ...answer, headers };
  };
const leading =
  (path: RegExp, location: string): Alter =>
  (request, answer) =>
    request.method === 'POST' && path.test(request.path) && answer.status === 302
      ? { ...answer, headers: { ...answer.headers, location } }
      : answer;

/** From the first time on that a page of a list is given, it is given again for each page behind it. */
const sameAgain = (path: RegExp, further: RegExp): Alter => {
  let first: string | null = null;
  return (request, answer) => {
    if (!path.test(request.path)) return answer;
    if (further.test(request.path)) return { ...answer, body: first ?? answer.body };
    first ??= answer.body;
    return answer;
  };
};
/** What a product shows that wants its form token in spite of the header. */
const forged =
  (code: number, path: RegExp): Alter =>
  (request, answer) =>
    request.method === 'POST' && path.test(request.path)
      ? { ...answer, status: code, body: '<html><title>XSRF Security Token Missing</title><p>Try again.</p></html>' }
      : answer;

type Broken = readonly [id: string, kind: Kind, alter: Alter, settings?: Given, options?: Given];

const entities = [{ auth: tokenAuth, store: 'entityProperty' }, {}] as const;
const script = [{ auth: tokenAuth, store: 'scriptRunner' }, { scriptRunner: true }] as const;
const api = [{ remoteApi: true }, { remoteApi: true }] as const;
/** A door of its own for administrators, by a single sign-on or an app. */
const otherDoor =
  (path: RegExp, known: RegExp): Alter =>
  (request, answer) =>
    request.method === 'GET' && path.test(request.path) && (answer.status === 302 || known.test(answer.body))
      ? {
          ...answer,
          status: 200,
          body: '<html><body><form action="/plugins/sudo" method="post"><input type="password" name="again"></form></body></html>',
        }
      : answer;
const otherWay =
  (path: RegExp, known: RegExp): Alter =>
  (request, answer) =>
    request.method === 'GET' && path.test(request.path) && (answer.status === 302 || known.test(answer.body))
      ? { ...answer, status: 302, headers: { ...answer.headers, location: '/plugins/servlet/sudo' } }
      : answer;

const broken: readonly Broken[] = [
  ['jira.login-page', 'jira', body(/\/login\.jsp/, /os_username/, 'user')],
  ['jira.login-page', 'jira', body(/\/(login\.jsp|tsv)/, /os_password/, 'pass')],
  ['confluence.login-page', 'confluence', body(/\/dologin\.action/, /os_username/, 'user')],
  ['jira.password-page', 'jira', body(/\/secure\/admin\//, /webSudoPassword/, 'adminPassword')],
  ['jira.password-page', 'jira', otherDoor(/\/secure\/admin\//, /webSudoPassword/)],
  ['jira.password-page', 'jira', otherWay(/\/secure\/admin\//, /webSudoPassword/)],
  ['jira.password-page', 'jira', otherDoor(/\/secure\/admin\//, /./), {}, { passwordPageBy: 'redirect' }],
  ['confluence.password-page', 'confluence', otherDoor(/\/admin\//, /doauthenticate/)],
  ['confluence.password-page', 'confluence', otherWay(/\/admin\//, /doauthenticate/)],
  [
    'confluence.password-page',
    'confluence',
    otherDoor(/\/admin\//, /doauthenticate/),
    {},
    { passwordPageBy: 'forward' },
  ],
  ['jira.form-token', 'jira', forged(403, /EditUserPropert|DeleteUserProperty/)],
  ['jira.form-token', 'jira', forged(200, /EditUserPropert|DeleteUserProperty/)],
  ['jira.form-token', 'jira', forged(200, /WebSudoAuthenticate/)],
  ['confluence.form-token', 'confluence', forged(403, /doedituser/)],
  ['confluence.form-token', 'confluence', forged(200, /doedituser/)],
  ['confluence.form-token', 'confluence', forged(403, /doauthenticate/)],
  ['jira.entity-properties', 'jira', status('GET', /user\/properties/, 404), ...entities],
  ['jira.entity-properties', 'jira', status('PUT', /user\/properties\//, 415), ...entities],
  ['jira.entity-properties', 'jira', body(/user\/properties\?/, /"keys":/, '"names":'), ...entities],
  ['jira.endpoint-script', 'jira', status('POST', /custom\/attuneUserProperties/, 404), ...script],
  ['jira.endpoint-script', 'jira', body(/custom\/attuneUserProperties/, /"users":/, '"people":'), ...script],
  ['confluence.endpoint-script', 'confluence', status('POST', /custom\/attuneUserDetails/, 404), ...script],
  ['confluence.endpoint-script', 'confluence', body(/custom\/attuneUserDetails/, /"users":/, '"people":'), ...script],
  ['confluence.user-list-next', 'confluence', sameAgain(/user\/list/, /start=[1-9]/)],
  ['confluence.user-list-next', 'confluence', status('GET', /user\/list\?.*start=[1-9]/, 400)],
  ['jira.user-list-cursor', 'jira', sameAgain(/user\/list/, /cursor=/)],
  [
    'confluence.form-clears',
    'confluence',
    body(/\/edituser\.action/, /(name="userparam-phone"[^>]*value=)""/, '$1"Attune write test 2"'),
  ],
  ['confluence.remote-api', 'confluence', status('POST', /json-rpc/, 404), ...api],
  ['confluence.remote-api', 'confluence', status('POST', /json-rpc\/.*set/, 403), ...api],
  [
    'confluence.remote-api',
    'confluence',
    body(/json-rpc/, /^.*$/, '{"error":{"code":500,"message":"NotPermittedException"}}'),
    ...api,
  ],
  ['jira.name-header', 'jira', without('x-ausername')],
  ['jira.password-header', 'jira', without('x-atlassian-websudo')],
  ['jira.administrator', 'jira', body(/mypermissions/, /ADMINISTER/, 'OTHER')],
  ['jira.user-list', 'jira', body(/user\/list/, /"values":/, '"people":')],
  ['jira.user-list-cursor', 'jira', status('GET', /user\/list\?.*cursor=/, 400)],
  ['jira.user-by-key', 'jira', body(/\/user\?key=(?!attune)/, /"key":"/, '"key":"x')],
  ['jira.user-unknown-key', 'jira', status('GET', /key=attune-no-such-key/, 400)],
  ['jira.user-search', 'jira', body(/user\/search/, /^\[.*$/, '[]')],
  ['jira.properties-form', 'jira', body(/EditUserProperties\.jspa/, /name="name"/, 'name="user"')],
  ['jira.properties-rows', 'jira', body(/EditUserProperties\.jspa/, /id="delete_/, 'id="remove_')],
  ['jira.properties-add', 'jira', leading(/!add\.jspa/, '/secure/Dashboard.jspa')],
  ['jira.properties-update', 'jira', leading(/!update\.jspa/, '/secure/Dashboard.jspa')],
  ['jira.properties-delete', 'jira', leading(/Delete/, '/secure/Dashboard.jspa')],
  [
    'jira.properties-refused',
    'jira',
    body(/!add\.jspa/, /action="EditUserProperties!add\.jspa"/, 'action="Other.jspa"'),
  ],
  ['confluence.name-header', 'confluence', without('x-ausername')],
  ['confluence.password-header', 'confluence', without('x-atlassian-websudo')],
  ['confluence.user-list', 'confluence', body(/user\/list/, /"results":/, '"people":')],
  ['confluence.user-by-key', 'confluence', body(/\/user\?key=(?!attune)/, /"status":/, '"state":')],
  ['confluence.user-unknown-key', 'confluence', status('GET', /key=attune-no-such-key/, 400)],
  ['confluence.form', 'confluence', body(/\/edituser\.action/, /userKey=/, 'user=')],
  ['confluence.form-identity', 'confluence', body(/\/edituser\.action/, /name="email"/, 'name="mail"')],
  ['confluence.form-fields', 'confluence', body(/\/edituser\.action/, /name="userparam-im"/, 'name="userparam-chat"')],
  ['confluence.form-saved', 'confluence', leading(/doedituser/, '/admin/users/browseusers.action')],
];

describe('an assumption that is broken', () => {
  for (const [index, [id, kind, alter, settings = {}, options = {}]] of broken.entries()) {
    test(`${id} is red, and nothing else (${index + 1})`, async (t) => {
      const product = await open(t, kind, options, [ada, ...crowd]);
      const proxy = await altering(product.url, alter);
      t.after(proxy.close);
      const assumed = await assume(kind, proxy.url, settings, true);
      assert.deepEqual(inState(assumed, 'doesNot'), [id], JSON.stringify(assumed.lines));
    });
  }

  for (const kind of ['jira', 'confluence'] as const) {
    test(`of ${kind} has a case for each id of the page`, () => {
      const cases = new Set(broken.filter(([, of]) => of === kind).map(([id]) => id));
      assert.deepEqual(
        idsOnPage(kind).filter((id) => !cases.has(id)),
        [],
      );
    });
  }
});

const canary = (what: string): string => `CANARY${what}${'q7z'.repeat(2)}`;

describe('evidence', () => {
  for (const [name, kind, settings, options] of members) {
    test(`holds no value of anybody, and a stand-in fed with it answers as the original: ${name}`, async (t) => {
      const people: readonly Person[] = ['ada', 'b@x'].map((at) => ({
        username: canary(at),
        key: canary(`key${at}`),
        displayName: `${canary('name')} <"&>`,
        email: `${canary('mail')}${at.length}@example.com`,
        properties: { [canary('property')]: canary('value'), phone: canary('phone') },
      }));
      const service: Person = { username: 'svc-attune' };
      const product = await open(t, kind, { ...options, banner: true }, [...people, ...crowd.slice(0, 150)]);
      product.edit.set(service.username, kind === 'jira' ? canary('own') : 'phone', canary('ownvalue'));
      const original = await assume(kind, product.url, settings, false);
      const text = JSON.stringify(original.evidence);
      for (const each of [text, decodeURIComponent(text.replaceAll(/%(?![0-9A-F]{2})/g, '%25'))]) {
        assert.doesNotMatch(each, /canary|q7zq7z|svc-attune|example\.com|Right &amp;|wörd|MTIzNDU2/i);
      }
      assert.ok(original.evidence.exchanges.length > 4);
      const replay = createReplay(JSON.parse(text));
      const running = await startService(replay.service, { journal: createJournal(), faults: createFaults() });
      t.after(running.close);
      const auth = 'auth' in settings ? settings.auth : { ...passwordAuth, username: replay.account };
      const again = await assume(kind, running.url, { ...settings, auth }, false);
      assert.deepEqual(again.lines, original.lines, JSON.stringify(replay.unknown()));
    });
  }
});
