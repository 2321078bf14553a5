import type { SandboxRequest } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import type { Session } from './sessions.ts';

/** One request with what the product knows of its sender. A login or a raise puts another session in. */
export type Visit = {
  request: SandboxRequest;
  account: AccountSeed | null;
  session: Session;
  via: 'session' | 'basic' | 'token' | 'nobody';
  /** The XSRF token that the sender's cookie names, or a new one. */
  xsrf: string;
};

/**
 * The products' XSRF check: the header `X-Atlassian-Token: no-check` skips it, otherwise `atl_token` must be the token
 * of the sender's cookie.
 */
export const passesXsrf = ({ request, xsrf }: Visit): boolean => {
  const header = request.headers['x-atlassian-token'];
  if (typeof header === 'string' && header.trim().toLowerCase() === 'no-check') return true;
  const sent = request.form().get('atl_token') ?? request.query.get('atl_token');
  return request.cookies.has(xsrfCookie) && sent === xsrf;
};

/** The cookie that holds the XSRF token. */
export const xsrfCookie = 'atlassian.xsrf.token';
