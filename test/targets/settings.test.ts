import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { confluenceAttributes, confluenceSettings } from '../../src/targets/confluence/settings.ts';
import { jiraAttributes, jiraSettings } from '../../src/targets/jira/settings.ts';

const password = { username: 'svc', password: { env: 'ATTUNE_SECRET_JIRA' } };
const token = { token: { file: 'jira-token' } };
const url = 'https://jira.example/context/';

describe('the settings of a target', () => {
  test('defaults are written out, the base URL loses its last slash', () => {
    const settings = jiraSettings.parse({ kind: 'jira', url, auth: password });
    assert.equal(settings.url, 'https://jira.example/context');
    assert.equal(settings.inFlight, 4);
    assert.equal(settings.store, 'userProperty');
    assert.deepEqual(settings.never, []);
    assert.deepEqual(jiraSettings.parse(settings), settings);
  });

  const refused: readonly (readonly [string, unknown])[] = [
    ['a literal secret', { url, auth: { username: 'svc', password: 'hunter2' } }],
    ['a secret from another variable', { url, auth: { username: 'svc', password: { env: 'PATH' } } }],
    ['a word nobody knows', { url, auth: password, store2: 'x' }],
    ['a URL with a query', { url: 'https://jira.example/?x', auth: password }],
    ['a page of the product', { url: 'https://jira.example/secure/Dashboard.jspa', auth: password }],
    ['an issue', { url: 'https://jira.example/jira/browse/ABC-1', auth: password }],
    ['a password in the URL', { url: 'https://svc:hunter2@jira.example', auth: password }],
    ['a user name in the URL', { url: 'https://svc@jira.example', auth: password }],
    ['an address without https', { url: 'jira.example', auth: password }],
    ['plain http over a network', { url: 'http://jira.example', auth: password }],
    ['another protocol', { url: 'ftp://jira.example', auth: password }],
    ['a login path that is none', { url, auth: { ...password, loginPath: 'login.jsp' } }],
    ['a time that is none', { url, auth: password, writeHours: { from: '25:00', to: '06:00', timeZone: 'UTC' } }],
    [
      'a time zone that is none',
      { url, auth: password, writeHours: { from: '20:00', to: '06:00', timeZone: 'Mars/Base' } },
    ],
    ['a token for the administration pages', { url, auth: token }],
  ];
  for (const [name, settings] of refused) {
    test(`refuses ${name}`, () => {
      assert.equal(jiraSettings.safeParse({ kind: 'jira', ...Object(settings) }).success, false);
    });
  }

  test('an address that is none is told once, and a context path stays', () => {
    const { error } = jiraSettings.safeParse({ kind: 'jira', url: 'jira.example', auth: password });
    assert.deepEqual(
      error?.issues.map(({ message }) => message),
      ['must be a whole address that begins with https://'],
    );
    assert.equal(
      jiraSettings.parse({ kind: 'jira', url: 'https://x.example/secured/jira/', auth: password }).url,
      'https://x.example/secured/jira',
    );
  });

  test('a token serves the stores behind REST, and never Confluence', () => {
    for (const store of ['entityProperty', 'scriptRunner']) {
      assert.equal(jiraSettings.safeParse({ kind: 'jira', url, auth: token, store }).success, true);
    }
    assert.equal(confluenceSettings.safeParse({ kind: 'confluence', url, auth: token }).success, false);
    assert.equal(confluenceSettings.safeParse({ kind: 'confluence', url, auth: password }).success, true);
    const script = { kind: 'confluence', url, auth: token, store: 'scriptRunner' };
    assert.equal(confluenceSettings.safeParse(script).success, true);
    assert.equal(confluenceSettings.safeParse({ ...script, remoteApi: true }).success, false);
  });
});

describe('what a target can hold', () => {
  test('Jira’s own form takes letters, digits and spaces as a key', () => {
    const name = jiraAttributes({ store: 'userProperty' }).userProperty?.name;
    const pattern = new RegExp(name?.pattern ?? '');
    assert.equal(name?.maxLength, 200);
    for (const key of ['Cost center', 'A1']) assert.match(key, pattern);
    for (const key of ['cost-center', 'a.b', 'Straße', '', ' ', 'a ']) assert.doesNotMatch(key, pattern);
  });

  test('an entity property is part of a path, so a key of one or two dots is none', () => {
    const pattern = new RegExp(jiraAttributes({ store: 'entityProperty' }).userProperty?.name.pattern ?? '');
    for (const key of ['a', '...', '.a', 'a.b', 'Straße 1']) assert.match(key, pattern);
    for (const key of ['.', '..', '', ' a', 'a ', 'dept/x', 'dept\\x']) assert.doesNotMatch(key, pattern);
  });

  test('each store has its own length of a value', () => {
    const lengths = (['userProperty', 'scriptRunner', 'entityProperty'] as const).map(
      (store) => jiraAttributes({ store }).userProperty?.value,
    );
    assert.deepEqual(lengths, [
      { maxLength: 250, unit: 'characters' },
      { maxLength: 250, unit: 'characters' },
      { maxLength: 32_768, unit: 'JSON bytes' },
    ]);
  });

  test('Confluence has six fields, and free names only with the remote API', () => {
    const { fields, userProperty } = confluenceAttributes({ remoteApi: false, store: 'userForm' });
    assert.deepEqual(Object.keys(fields).sort(), ['department', 'im', 'location', 'phone', 'position', 'website']);
    assert.equal(userProperty, null);
    const pattern = new RegExp(
      confluenceAttributes({ remoteApi: true, store: 'userForm' }).userProperty?.name.pattern ?? '',
    );
    for (const name of ['Cost center', 'a.b']) assert.match(name, pattern);
    for (const name of ['confluence.prefs.email', '', ' a']) assert.doesNotMatch(name, pattern);
  });
});
