import type { CookieJar } from 'tough-cookie';
import type { Call } from '../../../core/call.ts';
import { Failure } from '../../../core/failure.ts';
import { answeredTo, isAnonymous, isFormTokenPage, isMaintenance, redirectOf, refusalOf } from '../answers.ts';
import type { Connection } from '../connection.ts';
import { captchaFailure, maintenanceFailure, twoStepFailure, unexpectedFailure } from '../failures.ts';
import type { Product } from '../product.ts';
import { xsrfOf } from './cookies.ts';
import { isTwoStepPage } from './two-step-page.ts';

/** How the password page was answered; `signedOut` means that the session itself is gone. */
export type Raised = 'raised' | 'signedOut' | 'refused';

/**
 * Answers the password page of an administrator's session. The product puts a new session into the jar and says so
 * (`X-Atlassian-WebSudo`); where a proxy drops that header, a page of the administration tells.
 */
export const answerPasswordPage = async (
  product: Product,
  connection: Connection,
  password: string,
  jar: CookieJar,
  call: Call,
): Promise<Raised> => {
  const answer = await connection.send(product.webSudo({ password, xsrf: xsrfOf(jar, connection.baseUrl) }), jar, call);
  const outcome = answer.header('x-atlassian-websudo');
  const redirect = redirectOf(answer, connection.baseUrl);
  if (refusalOf(answer) === 'captcha') throw captchaFailure(connection.party);
  if (answer.status >= 300 && answer.status < 400 && outcome === 'Has-Authentication') return 'raised';
  if (answer.status === 401 || isAnonymous(answer)) return 'signedOut';
  if (isMaintenance(answer, redirect)) throw maintenanceFailure(connection.party);
  if (isFormTokenPage(answer) && answeredTo(answer) === null) return 'signedOut';
  if (answer.status === 403) throw webSudoForbidden(product, connection.party);
  if (answer.status === 200 && isTwoStepPage(answer.text)) throw twoStepFailure(connection.party, 'password page');
  if (outcome === 'Require-Authentication' || product.asksPassword(answer)) return 'refused';
  if (redirect !== null && outcome === undefined) {
    if (product.loginPages.some((page) => redirect.path.endsWith(page))) return 'signedOut';
    if (redirect.elsewhere === null) return lookWhether(product, connection, jar, call);
  }
  throw unexpectedFailure(connection.party, answer, "an administrator's session");
};

const lookWhether = async (product: Product, connection: Connection, jar: CookieJar, call: Call): Promise<Raised> => {
  const answer = await connection.send(product.adminPage, jar, call);
  if (answer.status === 200 && isTwoStepPage(answer.text)) throw twoStepFailure(connection.party, 'password page');
  if (product.asksPassword(answer)) return 'refused';
  return answer.status === 200 ? 'raised' : 'signedOut';
};

const webSudoForbidden = (product: Product, party: string): Failure =>
  new Failure('forbidden', `${party}: ${product.name} refuses an administrator's session to the service account.`, {
    party,
    status: 403,
    unsent: true,
    remedy: `Give it ${product.adminRight}. If an IP allow-list protects administration, add this machine's address, and make sure that the proxy in front of the product sets X-Forwarded-For; without it the product cannot know the address.`,
  });
