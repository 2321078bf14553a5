import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import type { Credentials } from './credentials.ts';
import { type AtlassianOptions, showsForm } from './options.ts';
import type { Sessions } from './sessions.ts';
import { htmlHeaders, type Template } from './template.ts';
import type { Visit } from './visit.ts';

/** The pages a product shows somebody who signs in. */
export type LoginPages = { form: Template; captcha: Template; twoStep: Template };

const page = (body: string, headers: Record<string, string> = {}): SandboxResponse => ({
  status: 200,
  headers: { ...htmlHeaders, ...headers },
  body,
  note: { kind: 'login' },
});

const twoStepBody = z.looseObject({ username: z.string(), password: z.string() });

const json = (status: number, body: unknown): SandboxResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  note: { kind: 'login' },
});

/** Signing in at one product: the classic form, and the newer login with two-step verification. */
export const createLogin = (deps: {
  pages: LoginPages;
  sessions: Sessions;
  credentials: Credentials;
  options: () => AtlassianOptions;
}) => {
  const { pages, sessions, credentials, options } = deps;

  const signIn = (visit: Visit, account: AccountSeed) => {
    sessions.end(visit.session);
    visit.session = sessions.open(account.key, visit.session.node);
    visit.account = account;
    visit.via = 'session';
  };

  const show = (username = '', headers: Record<string, string> = {}): SandboxResponse => {
    if (!showsForm(options())) return page(pages.twoStep(), headers);
    const due = username !== '' && credentials.wantsCaptcha(username);
    return page((due ? pages.captcha : pages.form)({ username }), headers);
  };

  const form = (visit: Visit, home: string): SandboxResponse => {
    const sent = visit.request.form();
    if (!showsForm(options())) return show();
    const username = sent.get('os_username') ?? '';
    const tried = credentials.tryPassword(username, sent.get('os_password') ?? '');
    if (tried === 'captcha') return show(username, { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' });
    if (tried === 'refused') return show(username, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' });
    signIn(visit, tried.as);
    const wanted = sent.get('os_destination') ?? '';
    return { status: 302, headers: { location: wanted.startsWith('/') ? wanted : home }, note: { kind: 'login' } };
  };

  return {
    /** The login page: GET shows it, POST takes the form; single sign-on redirects away from both. */
    page(visit: Visit, home: string): SandboxResponse {
      const { singleSignOn } = options();
      if (singleSignOn !== undefined && !visit.request.query.has('auth_fallback')) {
        return { status: 302, headers: { location: singleSignOn }, note: { kind: 'login' } };
      }
      return visit.request.method === 'POST' ? form(visit, home) : show();
    },
    /** `POST /rest/tsv/1.0/authenticate`, where the login page is the newer one. */
    twoStep(visit: Visit): SandboxResponse {
      if (showsForm(options())) return json(404, { message: 'null for uri' });
      const sent = bodyOf(visit.request);
      if (sent === null) return json(400, { message: 'The body must have username and password.' });
      const tried = credentials.tryPassword(sent.username, sent.password);
      if (tried === 'captcha') return json(401, { reason: 'CAPTCHA_CHALLENGE' });
      if (tried === 'refused') return json(401, { reason: 'AUTHENTICATED_FAILED' });
      const { twoStepAccounts, twoStepAt } = options();
      if (twoStepAt === 'login' && twoStepAccounts.includes(tried.as.username))
        return json(200, { status: 'TOTP_REQUIRED' });
      signIn(visit, tried.as);
      return json(200, { status: 'AUTHENTICATED' });
    },
    logout(visit: Visit): void {
      sessions.end(visit.session);
      visit.session = sessions.open(null, visit.session.node);
      visit.account = null;
      visit.via = 'nobody';
    },
  };
};

const bodyOf = (request: SandboxRequest): z.infer<typeof twoStepBody> | null => {
  try {
    return twoStepBody.parse(request.json());
  } catch {
    return null;
  }
};
