import type { SandboxResponse } from '../service.ts';
import type { AtlassianOptions } from './options.ts';

/** What an administrator may put on every page: any markup, here one that looks like lists and errors. */
const banner =
  '<div id="announcement-banner" class="alertHeader"><div class="aui-message aui-message-error error">' +
  '<span class="errMsg">Maintenance on Sunday</span><table class="aui"><tr><td>Jira</td><td>10:00</td></tr></table></div></div>';

/** Where a page of its own begins to be the product's. */
const withBanner = (body: string | Buffer): string | Buffer =>
  typeof body === 'string' ? body.replace(/<body[^>]*>/, (tag) => `${tag}${banner}`) : body;

const withSession = (location: string, id: string): string =>
  /^[a-z]+:/i.test(location) ? location : location.replace(/^([^?#]*)/, `$1;jsessionid=${id}`);

/** An answer as it arrives: with what the administrator, the container and a proxy do to every one of them. */
export const dressed = (
  { banner: hasBanner, sessionInRedirects, dropsHeaders }: AtlassianOptions,
  sessionId: string,
  response: SandboxResponse,
): SandboxResponse => {
  const kept = Object.entries(response.headers ?? {}).filter(([name]) => !dropsHeaders || !/^x-(a|seraph)/i.test(name));
  const headers = Object.fromEntries(kept);
  const { location } = headers;
  if (sessionInRedirects && sessionId !== '' && typeof location === 'string') {
    headers.location = withSession(location, sessionId);
  }
  return {
    ...response,
    headers,
    ...(hasBanner && response.body !== undefined ? { body: withBanner(response.body) } : {}),
  };
};
