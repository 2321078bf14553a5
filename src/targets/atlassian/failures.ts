import { Failure } from '../../core/failure.ts';
import { describe } from '../../http/read-json.ts';
import type { ProductAnswer } from './connection.ts';

/** The product wants a picture puzzle solved: trying on would only lengthen it, so this ends the run. */
export const captchaFailure = (party: string): Failure =>
  new Failure('auth', `${party}: the service account must solve a CAPTCHA before it may sign in again.`, {
    party,
    unsent: true,
    remedy: 'Sign in once manually in a browser as the service account, then start the run again.',
  });

/** The page asked for an administrator and the account is none. */
export const forbiddenFailure = (party: string, right: string, answer: ProductAnswer): Failure =>
  new Failure('forbidden', `${party}: the service account may not do ${describe(answer)}.`, {
    party,
    status: answer.status,
    remedy: `Give it ${right}.`,
  });

/** Single sign-on (or a proxy) answered in the product's place. */
export const elsewhereFailure = (party: string, host: string, where: 'login' | 'work'): Failure =>
  where === 'login'
    ? new Failure('config', `${party}: single sign-on has replaced the login form (a redirect to ${host}).`, {
        party,
        remedy: 'Set auth.loginPath to the path that still shows the form, such as "/login.jsp?auth_fallback".',
      })
    : new Failure('config', `${party}: the product redirects to another host (${host}).`, {
        party,
        remedy: "Set url to the product's base URL, and exclude the service account from single sign-on.",
      });

/** The product is there, but serves nobody now. */
export const maintenanceFailure = (party: string): Failure =>
  new Failure('unavailable', `${party} is starting or in maintenance.`, {
    party,
    unsent: true,
    remedy: 'Look at its page in a browser.',
  });

/** A login that was neither accepted nor refused. */
export const loginUnanswered = (party: string, answer: ProductAnswer): Failure =>
  new Failure(
    'unavailable',
    `${party} neither accepts nor refuses the login: it answers ${answer.status} to ${describe(answer)}.`,
    {
      party,
      status: answer.status,
      unsent: true,
      remedy:
        'Look at its login page in a browser: a proxy, or a user directory that is unavailable, may be in the way.',
    },
  );

/** Two-step verification asks for a code, at the login or at the password page. */
export const twoStepFailure = (party: string, where: 'login' | 'password page'): Failure =>
  new Failure('auth', `${party}: two-step verification wants a code from the service account at the ${where}.`, {
    party,
    unsent: true,
    remedy:
      'Attune cannot enter it: exempt this account from two-step verification, or use a store that works with a token (scriptRunner, entityProperty).',
  });

/** A form whose token did not arrive, from somebody the product knows. */
export const formTokenFailure = (party: string): Failure =>
  new Failure('config', `${party} says that the form token (XSRF) is missing.`, {
    party,
    unsent: true,
    remedy: 'Make sure that the proxy in front of it passes on the header X-Atlassian-Token and all cookies.',
  });

/** An answer that is neither success nor a refusal Attune knows. */
export const unexpectedFailure = (party: string, answer: ProductAnswer, expected: string): Failure =>
  new Failure('wrongShape', `${party}: ${describe(answer)} answered ${answer.status} instead of ${expected}.`, {
    party,
    status: answer.status,
    remedy: 'Attune draws no conclusion from such an answer. Look at the product and at any proxy in front of it.',
  });
