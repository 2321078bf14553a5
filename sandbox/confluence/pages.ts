import { escapeHtml, htmlHeaders, type Template, template } from '../atlassian/template.ts';
import type { JournalNote } from '../journal.ts';
import type { SandboxResponse } from '../service.ts';

const file = (name: string): Template => template(new URL(`./pages/${name}.html`, import.meta.url));

/** The pages of Confluence that a client meets; pages/README.md says where each relied-on element is known from. */
export const pages = {
  login: file('login'),
  loginCaptcha: file('login-captcha'),
  loginTwoStep: file('login-two-step'),
  password: file('password'),
  editUser: file('edit-user'),
  identity: file('edit-user-identity'),
  identityText: file('edit-user-identity-text'),
  code: file('code'),
  starting: file('starting'),
  message: file('message'),
};

/** Answers with a page. */
export const page = (body: string, note: JournalNote, status = 200): SandboxResponse => ({
  status,
  headers: htmlHeaders,
  body,
  note,
});

/** A page that only says something. */
export const message = (status: number, title: string, text: string, note: JournalNote): SandboxResponse =>
  page(pages.message({ title, text, css: 'aui-message aui-message-error error' }), note, status);

/** Errors of a form, above its fields. */
export const formErrors = (errors: string[]): string =>
  errors.map((text) => `<div class="aui-message aui-message-error error">${escapeHtml(text)}</div>`).join('\n');
