import {
  answeredTo,
  captchaFailure,
  elsewhereFailure,
  forbiddenFailure,
  isAnonymous,
  isMaintenance,
  isRefusedPage,
  maintenanceFailure,
  redirectOf,
  refusalOf,
} from './answers.ts';
import type { Product } from './product.ts';
import type { Answer, Wire } from './wire.ts';

/** `login` means that nobody is signed in, `password` that the administrator's session is missing. */
export type Verdict = 'fine' | 'login' | 'password';

/** What to do about an answer: take it, sign in, or answer the password page. */
export const judge = (product: Product, wire: Wire, answer: Answer): Verdict => {
  if (refusalOf(answer) === 'captcha') throw captchaFailure(wire.party);
  const redirect = redirectOf(answer, wire.baseUrl);
  const toLogin = redirect !== null && product.loginPages.some((page) => redirect.path.endsWith(page));
  if (isMaintenance(redirect)) throw maintenanceFailure(wire.party);
  if (isAnonymous(answer) || answer.status === 401) return 'login';
  if (redirect?.elsewhere != null) throw elsewhereFailure(wire.party, redirect.elsewhere, 'work');
  if (product.asksPassword(answer)) return 'password';
  if (toLogin && answeredTo(answer) === null) return 'login';
  if (isRefusedPage(answer, wire.baseUrl) && answer.request.refusable !== true)
    throw forbiddenFailure(wire.party, product.adminRight, answer);
  return 'fine';
};
