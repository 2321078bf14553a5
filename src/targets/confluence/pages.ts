import type { HTMLElement } from 'node-html-parser';
import { inputsNamed, inputValue, notUnderstood, type Page, readPage, theOne } from '../atlassian/markup.ts';
import { type ProfileField, profileFields } from './settings.ts';

/**
 * The form an administrator edits a user with. `username`, `fullName` and `email` must go back exactly as they came:
 * the product renames and overwrites with what it is sent. An account of a read-only directory may have neither full name
 * nor mail as inputs (`identity` is null then, and neither is sent). `token` and `userKey` come from the form's action.
 */
export type UserForm = {
  readonly userKey: string;
  readonly token: string;
  readonly username: string;
  readonly identity: { readonly fullName: string; readonly email: string } | null;
  readonly fields: ReadonlyMap<ProfileField, string>;
};

/** Reads edituser.action: form `editUser` with the three identity fields and the six `userparam-` fields. */
export const readUserForm = (html: string, party: string): UserForm => {
  const read = readEditForm(html, party);
  return {
    userKey: read.userKey,
    token: read.token,
    ...readIdentity(read),
    fields: readFields(read.page, read.form),
  };
};

/** The page, its form `editUser`, and what the form's action carries. */
export const readEditForm = (
  html: string,
  party: string,
): { readonly page: Page; readonly form: HTMLElement } & Pick<UserForm, 'userKey' | 'token'> => {
  const page = readPage(html, 'the form that edits a user', party);
  const form = theOne(page, page.root, 'form[name="editUser"]', 'form "editUser"');
  const action = actionOf(form);
  if (!action.pathname.endsWith('/doedituser.action')) throw notUnderstood(page, 'action "doedituser.action"');
  const userKey = action.searchParams.get('userKey');
  if (userKey === null || userKey === '') throw notUnderstood(page, 'userKey in the action of its form');
  return { page, form, userKey, token: action.searchParams.get('atl_token') ?? '' };
};

/** Full name and mail, both or neither: one alone is a form that is not understood. */
export const readIdentity = ({
  page,
  form,
}: Pick<ReturnType<typeof readEditForm>, 'page' | 'form'>): Pick<UserForm, 'username' | 'identity'> => ({
  username: inputValue(page, form, 'username'),
  identity:
    inputsNamed(form, 'fullName').length === 0 && inputsNamed(form, 'email').length === 0
      ? null
      : { fullName: inputValue(page, form, 'fullName'), email: inputValue(page, form, 'email') },
});

const readFields = (page: Page, form: HTMLElement): ReadonlyMap<ProfileField, string> =>
  new Map(
    profileFields.flatMap((field) => {
      const value = inputValue(page, form, `userparam-${field}`);
      return value === '' ? [] : [[field, value] as const];
    }),
  );

/** Whether a page shows the form of this user again: after it was sent, that is how Confluence refuses it. */
export const showsAgain = (html: string, userKey: string, party: string): boolean =>
  readPage(html, 'the answer to a form', party)
    .root.querySelectorAll('form[name="editUser"]')
    .some((form) => actionOf(form).searchParams.get('userKey') === userKey);

const actionOf = (form: HTMLElement): URL =>
  new URL(form.getAttribute('action') ?? '', 'http://form.invalid/admin/users/');
