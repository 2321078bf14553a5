import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readLoginPage } from '../../src/targets/atlassian/sign-in/login-page.ts';
import { readUserForm } from '../../src/targets/confluence/pages.ts';
import { profileFields } from '../../src/targets/confluence/settings.ts';
import { readPropertiesPage } from '../../src/targets/jira/pages.ts';
import { openProduct, type Person } from './fixtures/sandbox.ts';

const basic = `Basic ${Buffer.from('svc-attune:Right & wörd+1%').toString('base64')}`;
const refused = { kind: 'wrongShape' };

type Served = { readonly html: string; readonly close: () => Promise<void> };

/** A page as the stand-in itself serves it, drawn from its files. */
const served = async (kind: 'jira' | 'confluence', path: string, person: Person, signedIn = true): Promise<Served> => {
  const product = await openProduct(kind, [person], { profile: '10', webSudo: false });
  const answer = await fetch(product.url + path, signedIn ? { headers: { authorization: basic } } : {});
  assert.equal(answer.status, 200);
  return { html: await answer.text(), close: product.close };
};

type Removals = readonly (readonly [element: string, pattern: RegExp])[];

/** Takes each element away in turn: a page without it is refused, never read as an empty profile. */
const eachRefused = (page: () => string, read: (html: string) => unknown, removals: Removals): void => {
  it('is read as it is', () => assert.doesNotThrow(() => read(page())));
  for (const [element, pattern] of removals) {
    it(`is refused without ${element}`, () => {
      const less = page().replace(pattern, '');
      assert.notEqual(less, page(), 'the page has it');
      assert.throws(() => read(less), refused);
    });
  }
};

describe("Jira's page of User Properties", () => {
  let page: Served;
  before(async () => {
    const person = { username: 'ada', properties: { Company: 'Acme', 'Cost center': '4711' } };
    page = await served('jira', '/secure/admin/user/EditUserProperties.jspa?name=ada', person);
  });
  after(() => page.close());
  eachRefused(
    () => page.html,
    (html) => readPropertiesPage(html, 'Jira'),
    [
      ['the form that adds', /<form action="EditUserProperties!add\.jspa"[^>]*>/],
      ['the action of that form', /EditUserProperties!add\.jspa/],
      ['the name of the account', /<input type="hidden" name="name"[^>]*>/],
      ['the field for the key', /<input[^>]*name="key"[^>]*>/],
      ['the field for the value', /<input[^>]*name="value"[^>]*>/],
      ['the link that edits', /id="edit_Company"/],
      ['the link that deletes', /id="delete_Company"/],
      ['the cell of the key', /<td>Company<\/td>/],
      ['the cell of the value', /<td>Acme<\/td>/],
      ['the cell of the links', /<a id="edit_Cost center"[\s\S]*?<\/a>/],
    ],
  );
});

describe("Confluence's form of a user", () => {
  let page: Served;
  before(async () => {
    const person = { username: 'ada', properties: { phone: '+1', location: 'Ulm' } };
    page = await served('confluence', '/admin/users/edituser.action?username=ada', person);
  });
  after(() => page.close());
  const input = (name: string): RegExp => new RegExp(`<input[^>]*name="${name}"[^>]*>`);
  eachRefused(
    () => page.html,
    (html) => readUserForm(html, 'Confluence'),
    [
      ['the form', /name="editUser"/],
      ['its action', /action="doedituser\.action[^"]*"/],
      ['the key of the account', /&amp;userKey=[^"]*/],
      ...['username', 'fullName', 'email'].map((name) => [`the field ${name}`, input(name)] as const),
      ...profileFields.map((field) => [`the field ${field}`, input(`userparam-${field}`)] as const),
    ],
  );
});

for (const [kind, path] of [
  ['jira', '/login.jsp'],
  ['confluence', '/dologin.action'],
] as const) {
  describe(`the login page of ${kind}`, () => {
    let page: Served;
    before(async () => {
      page = await served(kind, path, { username: 'ada' }, false);
    });
    after(() => page.close());
    it('is the classic form', () => assert.equal(readLoginPage(page.html, kind).kind, 'form'));
    it('is refused without the field for the name', () => {
      const less = page.html.replace(/<input[^>]*name="os_username"[^>]*>/, '');
      assert.notEqual(less, page.html);
      assert.throws(() => readLoginPage(less, kind), refused);
    });
    it('is no form of ours without the field for the password', () => {
      const less = page.html.replace(/<input[^>]*name="os_password"[^>]*>/, '');
      assert.notEqual(less, page.html);
      assert.equal(readLoginPage(less, kind).kind, 'noForm');
    });
  });
}
