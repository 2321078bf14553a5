import {
  answeredTo,
  isAnonymous,
  isFormTokenPage,
  isMaintenance,
  isRefusedPage,
  redirectOf,
  refusalOf,
} from './answers.ts';
import type { Connection, ProductAnswer } from './connection.ts';
import {
  captchaFailure,
  elsewhereFailure,
  forbiddenFailure,
  formTokenFailure,
  maintenanceFailure,
  twoStepFailure,
} from './failures.ts';
import type { Product } from './product.ts';
import { isTwoStepPage } from './sign-in/two-step-page.ts';

/**
 * `login` means that nobody is signed in, `password` that the administrator's session is missing. `unsure` is a refusal
 * without the header that names whom it refuses: whether nobody is signed in, or a right is missing, only a question tells.
 */
export type AnswerClass = 'fine' | 'login' | 'password' | 'unsure';

/** What to do about an answer: take it, sign in, answer the password page, or ask who is signed in. */
export const classify = (product: Product, connection: Connection, answer: ProductAnswer): AnswerClass => {
  if (refusalOf(answer) === 'captcha') throw captchaFailure(connection.party);
  const redirect = redirectOf(answer, connection.baseUrl);
  if (isMaintenance(answer, redirect)) throw maintenanceFailure(connection.party);
  if (isAnonymous(answer) || answer.status === 401 || product.saysNobody(answer)) return 'login';
  if (redirect?.elsewhere != null) throw elsewhereFailure(connection.party, redirect.elsewhere, 'work');
  if (product.asksPassword(answer)) return 'password';
  if (answer.status === 200 && isTwoStepPage(answer.text)) throw twoStepFailure(connection.party, 'password page');
  if (!isFormTokenPage(answer) && !isRefusedPage(answer, connection.baseUrl)) return 'fine';
  return answeredTo(answer) === null ? 'unsure' : refusedToKnown(product, connection, answer);
};

/** What a refusal means that somebody met who is signed in; throws where it ends the work. */
export const refusedToKnown = (product: Product, connection: Connection, answer: ProductAnswer): 'fine' => {
  if (isFormTokenPage(answer)) throw formTokenFailure(connection.party);
  if (answer.request.refusable === true) return 'fine';
  throw forbiddenFailure(connection.party, product.adminRight, answer);
};
