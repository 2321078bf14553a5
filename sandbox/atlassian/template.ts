import { readFileSync } from 'node:fs';

/** Text as it stands in markup. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** Fills a page: `{{name}}` is escaped, `{{&name}}` is markup already. */
export type Template = (values?: Record<string, string>) => string;

/** Reads a page kept as a file; a name the page wants and is not given is an error of the stand-in. */
export const template = (file: URL): Template => {
  const page = readFileSync(file, 'utf8');
  return (values = {}) =>
    page.replaceAll(/\{\{(&?)(\w+)\}\}/g, (_all, raw: string, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`The page ${file.pathname} wants "${name}".`);
      return raw === '&' ? value : escapeHtml(value);
    });
};

/** The headers of a page. */
export const htmlHeaders = { 'content-type': 'text/html;charset=UTF-8' };
