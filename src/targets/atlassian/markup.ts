import { type HTMLElement, parse } from 'node-html-parser';
import { Failure } from '../../core/failure.ts';

/** A page of a product as read: its elements, and the words that name it in a failure. */
export type Page = { readonly root: HTMLElement; readonly what: string; readonly party: string };

/** Reads the markup of a page; `what` names it for an admin, without any value from it. */
export const readPage = (html: string, what: string, party: string): Page => ({
  // What these hold is text, or stands on another page: no element of this one.
  root: parse(html, {
    blockTextElements: { script: true, noscript: true, style: true, textarea: true, template: true, iframe: true },
  }),
  what,
  party,
});

/** The parts that are on every page, whatever it shows: an administrator's banner, the product's header, footer and messages. */
export const everywhere = [
  '#announcement-banner, .alertHeader, [id*="banner"], [class*="banner"], [role="banner"], header, footer, nav, aside',
  '.aui-message, #aui-message-bar, .aui-flag, #aui-flag-container',
  '[role="alert"], [role="dialog"], [role="complementary"], dialog',
].join(', ');

/**
 * Those elements that are the page's own. A banner that never ends takes the whole page in: then all of them are.
 */
export const ownOf = (elements: readonly HTMLElement[]): readonly HTMLElement[] => {
  const own = elements.filter((element) => element.closest(everywhere) === null);
  return own.length === 0 ? elements : own;
};

/** Refuses a page: what Attune relies on is not there, so nothing may be concluded from it. */
export const notUnderstood = (page: Page, missing: string): Failure =>
  new Failure('wrongShape', `${page.party}: ${page.what} has no ${missing}, so Attune cannot read it.`, {
    party: page.party,
    remedy:
      'Compare the product version with those listed in docs/connectors; a theme, an app or a proxy may change this page.',
  });

/** The one element a selector must find; none or several is refused. */
export const theOne = (page: Page, within: HTMLElement, selector: string, name: string): HTMLElement => {
  const found = within.querySelectorAll(selector);
  const [only] = found;
  if (only === undefined || found.length > 1) throw notUnderstood(page, found.length > 1 ? `single ${name}` : name);
  return only;
};

/** An attribute an element must have, its entities decoded once. */
export const attributeOf = (page: Page, element: HTMLElement, attribute: string, name: string): string => {
  const value = element.getAttribute(attribute);
  if (value === undefined) throw notUnderstood(page, name);
  return value;
};

/** The form inputs that have exactly this name. */
export const inputsNamed = (form: HTMLElement, name: string): readonly HTMLElement[] =>
  form.querySelectorAll('input').filter((input) => input.getAttribute('name') === name);

/** The value of the one input with this name; an input without a `value` attribute holds the empty text. */
export const inputValue = (page: Page, form: HTMLElement, name: string): string => {
  const found = inputsNamed(form, name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw notUnderstood(page, `single form field "${name}"`);
  return only.getAttribute('value') ?? '';
};
