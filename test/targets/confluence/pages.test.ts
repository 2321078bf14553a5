import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readUserForm, showsAgain } from '../../../src/targets/confluence/pages.ts';
import { userFormPage } from '../fixtures/pages.ts';

const fields = {
  username: 'fred',
  fullName: 'Fred "F" O\'Neil & Söhne',
  email: 'fred@example.com',
  'userparam-phone': '+49 1',
  'userparam-im': '',
  'userparam-website': '',
  'userparam-position': 'Lead <R&D>',
  'userparam-department': '',
  'userparam-location': '',
};
const page = userFormPage('4028', fields);

describe('the form that edits a user', () => {
  test('gives what must go back, and the fields that have a value', () => {
    const form = readUserForm(page, 'Confluence');
    assert.deepEqual(
      [form.userKey, form.token, form.username, form.identity],
      ['4028', 'abc', fields.username, { fullName: fields.fullName, email: fields.email }],
    );
    assert.deepEqual(
      [...form.fields],
      [
        ['phone', '+49 1'],
        ['position', 'Lead <R&D>'],
      ],
    );
  });

  test('name and mail come through exactly, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (fullName, email) => {
        const form = readUserForm(userFormPage('k', { ...fields, fullName, email }), 'Confluence');
        assert.deepEqual(form.identity, { fullName, email });
      }),
    );
  });

  test('an account of a read-only directory may have neither name nor mail as inputs', () => {
    const { fullName: _name, email: _mail, ...rest } = fields;
    assert.equal(readUserForm(userFormPage('4028', rest), 'Confluence').identity, null);
  });

  test('the form shown again for the same account is a refusal; nothing else on a page is', () => {
    const banner = '<div id="banner" class="aui-message-error error">The licence runs out.</div>';
    assert.equal(showsAgain(banner + page, '4028', 'Confluence'), true);
    assert.equal(showsAgain(page, '4029', 'Confluence'), false);
    assert.equal(showsAgain(`${banner}<h1>Welcome</h1>`, '4028', 'Confluence'), false);
  });

  const removals: readonly (readonly [string, RegExp])[] = [
    ['its name', /name="editUser"/],
    ['its action', /action="[^"]*"/],
    ['the key of the account', /userKey=4028/],
    ...Object.keys(fields).map((name) => [`field ${name}`, new RegExp(`name="${name}"`)] as const),
  ];
  for (const [name, pattern] of removals) {
    test(`is refused without ${name}`, () => {
      const less = page.replace(pattern, '');
      assert.notEqual(less, page);
      assert.throws(() => readUserForm(less, 'Confluence'), { kind: 'wrongShape' });
    });
  }

  test('is refused when a field comes twice, or the form leads elsewhere', () => {
    const twice = page.replace('</form>', '<input name="email" value="x@example.com"></form>');
    const elsewhere = page.replace('doedituser.action', 'docreateuser.action');
    for (const html of [twice, elsewhere]) {
      assert.throws(() => readUserForm(html, 'Confluence'), { kind: 'wrongShape' });
    }
  });
});
