import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLoginPage } from '../../../../src/targets/atlassian/sign-in/login-page.ts';

test('the form with user name and password is found, its hidden fields go back', () => {
  const html =
    '<form id="quick"><input name="q"></form><form id="loginform"><input name="os_username"><input name="os_password">' +
    '<input type="hidden" name="atl_token" value="a&amp;b"><input type="checkbox" name="os_cookie"></form>';
  assert.deepEqual(readLoginPage(html, 'Jira'), { kind: 'form', hidden: { atl_token: 'a&b' } });
});

test('a form in a banner is not the login', () => {
  const banner = '<div id="announcement-banner"><form><input name="os_password"></form></div>';
  const own =
    '<form><input name="os_username"><input name="os_password"><input type="hidden" name="own" value="1"></form>';
  assert.deepEqual(readLoginPage(banner + own, 'Jira'), { kind: 'form', hidden: { own: '1' } });
});

test('a picture puzzle is seen before anything is sent', () => {
  const html = '<form><input name="os_username"><input name="os_password"><input name="os_captcha"></form>';
  assert.deepEqual(readLoginPage(html, 'Jira'), { kind: 'captcha' });
});

test('a page without the form is none of it; a form without a user name is refused', () => {
  assert.deepEqual(readLoginPage('<div id="root"></div>', 'Jira'), { kind: 'noForm' });
  assert.throws(() => readLoginPage('<form><input name="os_password"></form>', 'Jira'), { kind: 'wrongShape' });
});
