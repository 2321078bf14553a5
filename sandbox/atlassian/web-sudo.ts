import type { SandboxResponse } from '../service.ts';
import type { Credentials } from './credentials.ts';
import type { AtlassianOptions } from './options.ts';
import type { Sessions } from './sessions.ts';
import { passesXsrf, type Visit } from './visit.ts';

const inside = (destination: string | null, home: string): string =>
  destination?.startsWith('/') === true ? destination : home;

/** Secure administrator sessions of one product: the check, and taking the password page's answer. */
export const createWebSudo = (deps: {
  sessions: Sessions;
  credentials: Credentials;
  options: () => AtlassianOptions;
  passwordField: string;
  destinationField: string;
  home: string;
  passwordPage: (visit: Visit, destination: string) => SandboxResponse;
  /** The page that asks for the code of two-step verification, and keeps the administrator's session back. */
  codePage: () => SandboxResponse;
  xsrfPage: () => SandboxResponse;
}) => {
  const { sessions, credentials, options, home } = deps;
  return {
    /** Whether administration pages open: they look at the session alone, so a token or Basic never raises one. */
    isOpen: ({ session, via }: Visit): boolean =>
      !options().webSudo || (via === 'session' && sessions.isRaised(session)),
    answer(visit: Visit): SandboxResponse {
      const note = { kind: 'login' as const };
      const { account, request } = visit;
      if (account === null || visit.via !== 'session') return { status: 401, note };
      if (!passesXsrf(visit)) return deps.xsrfPage();
      if (options().webSudoRefused) return { status: 403, body: 'Your address may not open this page.', note };
      const sent = request.form();
      const tried = credentials.tryPassword(account.username, sent.get(deps.passwordField) ?? '');
      const headers = (outcome: string) => ({ 'x-atlassian-websudo': outcome });
      const destination = inside(sent.get(deps.destinationField), home);
      if (typeof tried === 'string') {
        const again = deps.passwordPage(visit, destination);
        return { ...again, headers: { ...again.headers, ...headers('Require-Authentication') }, note };
      }
      const { twoStepAccounts, twoStepAt } = options();
      if (twoStepAt === 'passwordPage' && twoStepAccounts.includes(account.username)) {
        const code = deps.codePage();
        return { ...code, headers: { ...code.headers, ...headers('Require-Authentication') }, note };
      }
      visit.session = sessions.raise(visit.session);
      return { status: 302, headers: { location: destination, ...headers('Has-Authentication') }, note };
    },
    /** Gives the secure session back. */
    drop(visit: Visit): void {
      sessions.lower(visit.session);
    },
  };
};
