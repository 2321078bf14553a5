import { inputsNamed, notUnderstood, ownOf, readPage } from '../markup.ts';

/**
 * What a login page turned out to be: the classic form (with the hidden fields it wants back), one that asks for a
 * picture puzzle, or none of ours, which the newer login with two-step verification shows.
 */
export type LoginPage =
  | { readonly kind: 'form'; readonly hidden: Readonly<Record<string, string>> }
  | { readonly kind: 'captcha' }
  | { readonly kind: 'noForm' };

/** Reads GET of the login page: the form is the one with fields `os_username` and `os_password`. */
export const readLoginPage = (html: string, party: string): LoginPage => {
  const page = readPage(html, 'the login page', party);
  const [form] = ownOf(
    page.root.querySelectorAll('form').filter((each) => inputsNamed(each, 'os_password').length > 0),
  );
  if (form === undefined) return { kind: 'noForm' };
  if (inputsNamed(form, 'os_username').length === 0) throw notUnderstood(page, 'form field "os_username"');
  if (inputsNamed(form, 'os_captcha').length > 0) return { kind: 'captcha' };
  const hidden = form.querySelectorAll('input').flatMap((input) => {
    const name = input.getAttribute('name');
    return name !== undefined && input.getAttribute('type') === 'hidden'
      ? [[name, input.getAttribute('value') ?? '']]
      : [];
  });
  return { kind: 'form', hidden: Object.fromEntries(hidden) };
};
