import { escapeHtml, htmlHeaders, type Template, template } from '../atlassian/template.ts';
import type { JournalNote } from '../journal.ts';
import type { SandboxResponse } from '../service.ts';

const file = (name: string): Template => template(new URL(`./pages/${name}.html`, import.meta.url));

/** The pages of Jira that a client meets; pages/README.md says where each relied-on element is known from. */
export const pages = {
  login: file('login'),
  loginCaptcha: file('login-captcha'),
  loginTwoStep: file('login-two-step'),
  password: file('password'),
  properties: file('user-properties'),
  table: file('user-properties-table'),
  none: file('user-properties-none'),
  row: file('user-properties-row'),
  userBrowser: file('user-browser'),
  code: file('code'),
  starting: file('starting'),
  edit: file('edit'),
  noUser: file('no-user'),
  xsrf: file('xsrf'),
  notFound: file('not-found'),
};

/** Answers with a page: Jira says 200 even when it refuses a form. */
export const page = (body: string, note: JournalNote, status = 200): SandboxResponse => ({
  status,
  headers: htmlHeaders,
  body,
  note,
});

/** A field's error as the form shows it, or nothing. */
export const fieldError = (text: string | undefined): string =>
  text === undefined ? '' : `<span class="error">${escapeHtml(text)}</span>`;
