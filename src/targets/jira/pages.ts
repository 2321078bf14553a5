import type { HTMLElement } from 'node-html-parser';
import {
  attributeOf,
  everywhere,
  inputsNamed,
  inputValue,
  notUnderstood,
  ownOf,
  type Page,
  readPage,
  theOne,
} from '../atlassian/markup.ts';

/** What the page of a user's properties shows: whose it is, and every key with its value. */
export type PropertiesPage = { readonly username: string; readonly properties: ReadonlyMap<string, string> };

const addAction = /(^|\/)EditUserProperties!add\.jspa(\?|$)/;
const editId = 'edit_';
const deleteId = 'delete_';

/**
 * Reads EditUserProperties.jspa: the form that adds (action `EditUserProperties!add.jspa`, hidden `name`) says whose
 * page it is, and each row of the table has a link `edit_<key>`, a link `delete_<key>` and the value. A page whose
 * form, rows or links are not as expected is refused, never read as "no properties".
 */
export const readPropertiesPage = (html: string, party: string): PropertiesPage => {
  const { page, form } = readAddForm(html, party);
  return { username: inputValue(page, form, 'name'), properties: readRows(page, form) };
};

/** The page and its form that adds a property. */
export const readAddForm = (html: string, party: string): { readonly page: Page; readonly form: HTMLElement } => {
  const page = readPage(html, "the page of a user's properties", party);
  const [form, ...others] = ownOf(
    page.root.querySelectorAll('form').filter((each) => addAction.test(each.getAttribute('action') ?? '')),
  );
  if (form === undefined || others.length > 0) {
    throw notUnderstood(page, others.length > 0 ? 'single form that adds a property' : 'form that adds a property');
  }
  for (const field of ['key', 'value']) {
    if (inputsNamed(form, field).length !== 1) throw notUnderstood(page, `single form field "${field}"`);
  }
  inputValue(page, form, 'name');
  return { page, form };
};

const readRows = (page: Page, form: HTMLElement): ReadonlyMap<string, string> => {
  const properties = new Map<string, string>();
  for (const row of rowsBeside(page, form)) {
    const [key, value] = readRow(page, row);
    if (properties.has(key)) throw notUnderstood(page, 'one row for each key');
    properties.set(key, value);
  }
  return properties;
};

/** The part of a page that is the page's own. */
const isContent = (block: HTMLElement): boolean =>
  block.id === 'content' || block.tagName === 'MAIN' || block.getAttribute('role') === 'main';

/**
 * The rows of the list of properties, which is in the main part of the page, next to the form: in the closest block
 * around the form that holds a table. A table there in which nothing can be edited is refused, never skipped.
 */
const rowsBeside = (page: Page, form: HTMLElement): readonly HTMLElement[] => {
  const around = form.closest(everywhere);
  for (let block = form.parentNode; block !== null; block = block.parentNode) {
    const tables = block
      .querySelectorAll('table')
      .filter((table) => [null, around].includes(table.closest(everywhere)) && rowsOf(table).length > 0);
    const lists = tables.filter((table) => table.querySelector(`a[id^="${editId}"]`) !== null);
    if (lists.length > 1) throw notUnderstood(page, 'single table of properties');
    const [list] = lists;
    if (list !== undefined) return rowsOf(list);
    if (tables.length > 0) throw notUnderstood(page, 'link that edits a property');
    if (isContent(block)) break;
  }
  return [];
};

const rowsOf = (table: HTMLElement): readonly HTMLElement[] =>
  table.querySelectorAll('tr').filter((row) => row.querySelector('td') !== null);

const readRow = (page: Page, row: HTMLElement): readonly [string, string] => {
  const edit = theOne(page, row, `a[id^="${editId}"]`, 'link that edits a property');
  const key = attributeOf(page, edit, 'id', 'link that edits a property').slice(editId.length);
  const deletes = row.querySelectorAll('a').some((link) => link.getAttribute('id') === `${deleteId}${key}`);
  if (!deletes) throw notUnderstood(page, 'link that deletes a property');
  const [shown, value] = row.querySelectorAll('td');
  const fits = shown?.textContent.trim() === key.trim() && value?.querySelector('a, input') === null;
  if (shown === undefined || value === undefined || !fits)
    throw notUnderstood(page, 'row with key and value of a property');
  return [key, withoutIndent(value.textContent, shown.textContent, key)];
};

/**
 * A template may put white space around what it writes into a cell. The white space around the key, which is known, is
 * also around the value; anything else there belongs to the value.
 */
const withoutIndent = (value: string, shown: string, key: string): string => {
  const at = shown.indexOf(key);
  const before = shown.slice(0, at);
  const after = shown.slice(at + key.length);
  const wrapped = at >= 0 && value.length >= before.length + after.length;
  if (!wrapped || !value.startsWith(before) || !value.endsWith(after)) return value;
  return value.slice(before.length, value.length - after.length);
};

/** Whether a page shows the form of this action again: after a form that was sent, that is how Jira refuses it. */
export const showsAgain = (html: string, action: string, party: string): boolean =>
  readPage(html, 'the answer to a form', party)
    .root.querySelectorAll('form')
    .some((form) => {
      const [path = ''] = (form.getAttribute('action') ?? '').split('?');
      return path.split('/').at(-1) === action;
    });
