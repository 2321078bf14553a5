import type { HTMLElement } from 'node-html-parser';
import { attributeOf, inputValue, notUnderstood, type Page, readPage, theOne } from '../atlassian/markup.ts';
import { type ProfileField, profileFields } from './settings.ts';

/**
 * The form an administrator edits a user with. `username`, `fullName` and `email` must go back exactly as they came:
 * the product renames and overwrites with what it is sent. `token` and `userKey` come from the form's action.
 */
export type UserForm = {
  readonly userKey: string;
  readonly token: string;
  readonly username: string;
  readonly fullName: string;
  readonly email: string;
  readonly fields: ReadonlyMap<ProfileField, string>;
};

/** Reads edituser.action: form `editUser` with the three identity fields and the six `userparam-` fields. */
export const readUserForm = (html: string, party: string): UserForm => {
  const page = readPage(html, 'the form that edits a user', party);
  const form = theOne(page, page.root, 'form[name="editUser"]', 'form "editUser"');
  const action = new URL(attributeOf(page, form, 'action', 'action of its form'), 'http://form.invalid/admin/users/');
  if (!action.pathname.endsWith('/doedituser.action')) throw notUnderstood(page, 'action "doedituser.action"');
  const userKey = action.searchParams.get('userKey');
  if (userKey === null || userKey === '') throw notUnderstood(page, 'userKey in the action of its form');
  return {
    userKey,
    token: action.searchParams.get('atl_token') ?? '',
    username: inputValue(page, form, 'username'),
    fullName: inputValue(page, form, 'fullName'),
    email: inputValue(page, form, 'email'),
    fields: readFields(page, form),
  };
};

const readFields = (page: Page, form: HTMLElement): ReadonlyMap<ProfileField, string> =>
  new Map(
    profileFields.flatMap((field) => {
      const value = inputValue(page, form, `userparam-${field}`);
      return value === '' ? [] : [[field, value] as const];
    }),
  );
