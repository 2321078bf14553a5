import { type Assumption, either, notSeen } from '../../../core/assumption.ts';
import type { Call } from '../../../core/call.ts';
import { isFailure } from '../../../core/failure.ts';
import type { AttributeId } from '../../../core/profile.ts';
import type { Bare } from '../../kit/guarded.ts';
import type { Account } from '../../target.ts';
import { answeredTo, isFormTokenPage, isRefusedPage, redirectOf } from '../answers.ts';
import type { ProductAnswer } from '../connection.ts';
import { readPage } from '../markup.ts';
import type { Product } from '../product.ts';
import { readLoginPage } from '../sign-in/login-page.ts';
import type { Recorded } from './record.ts';

/** The answers to one kind of request, in order. */
export const answersTo = (seen: readonly Recorded[], method: string, route: RegExp): readonly ProductAnswer[] =>
  seen.flatMap(({ answer }) => (answer.request.method === method && route.test(answer.request.route) ? [answer] : []));

/** What stands before an administration page or a form of it, told from an answer to it. */
export type Doors = {
  /** It is neither what was asked for, nor a refusal, nor the password page as it is known. */
  readonly isOther: (answer: ProductAnswer) => boolean;
  /** It says nothing of what was asked for: a password page of any kind, or the page for a form without its token. */
  readonly isShut: (answer: ProductAnswer) => boolean;
};

/** The doors of a product whose pages are known by `opens`. */
export const doorsOf = (product: Product, baseUrl: URL, opens: (answer: ProductAnswer) => boolean): Doors => {
  const isOther = (answer: ProductAnswer): boolean => {
    const { method, route } = answer.request;
    if (!/^\/(secure\/)?admin\//.test(route) || product.asksPassword(answer)) return false;
    if (answer.status === 200) return !opens(answer) && hasPasswordField(answer.text);
    return method === 'GET' && redirectOf(answer, baseUrl) !== null && !isRefusedPage(answer, baseUrl);
  };
  return {
    isOther,
    isShut: (answer) => isFormTokenPage(answer) || product.asksPassword(answer) || isOther(answer),
  };
};

const hasPasswordField = (html: string): boolean =>
  /password/i.test(html) && readPage(html, 'a page', '').root.querySelector('input[type=password]') !== null;

/** The account a trial writes to; null where it cannot be found, which other assumptions tell. */
export const accountTried = async (find: () => Promise<readonly Account[]>): Promise<Account | null> => {
  try {
    return (await find())[0] ?? null;
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
};

/** Sets, replaces and clears one attribute, and restores what was there; each step starts from the current value. */
export const writesOf = (
  bare: Bare,
  account: Account,
  attribute: AttributeId,
  call: Call,
): readonly (() => Promise<unknown>)[] => {
  let before: string | null = null;
  const now = async () => (await bare.readProfile(account, [attribute], call)).get(attribute) ?? null;
  const bring = (value: () => string | null) => async (): Promise<void> => {
    const held = await now();
    if (held === value()) return;
    await bare.applyChanges(account, [{ attribute, before: held, after: value() }], call);
  };
  return [
    async () => {
      before = await now();
    },
    bring(() => null),
    bring(() => 'Attune write test 1'),
    bring(() => 'Attune write test 2'),
    now,
    bring(() => null),
    now,
    bring(() => before),
  ];
};

/** What both products are relied on for when somebody signs in. */
export const signInAssumptions = (
  product: Product,
  baseUrl: URL,
  loginPath: string,
  seen: readonly Recorded[],
  doors: Doors,
): readonly Assumption[] => {
  const id = product.name.toLowerCase();
  const login = () => seen.map(({ answer }) => answer).filter(({ request }) => request.route === loginPath);
  const passwords = () => answersTo(seen, 'POST', /authenticate(\.\w+)$/i).filter((answer) => !isFormTokenPage(answer));
  return [
    {
      id: `${id}.login-page`,
      what: 'the login page has the form with os_username and os_password, or is the newer login',
      judge: () => {
        const page = login().find(({ request, status }) => request.method === 'GET' && status === 200);
        if (page === undefined) return notSeen('this target does not sign in through the login page');
        const [newer] = answersTo(seen, 'POST', /\/tsv\/1\.0\/authenticate$/);
        try {
          if (readLoginPage(page.text, product.name).kind === 'form') return ['holds', 'the classic form'];
        } catch (error) {
          if (!isFailure(error)) throw error;
          return ['doesNot', error.message];
        }
        return either(newer !== undefined && newer.status < 404, 'the newer login', 'neither of them');
      },
    },
    {
      id: `${id}.name-header`,
      what: 'answers name the user they are for (X-AUSERNAME)',
      judge: () => {
        const [answer] = answersTo(seen, 'GET', new RegExp(`^${product.whoAmI.route}$`)).slice(-1);
        if (answer === undefined || answer.status !== 200) return notSeen('nobody was signed in');
        return either(
          answeredTo(answer) !== null,
          'it does',
          'the header is missing; Attune asks separately if in doubt',
        );
      },
    },
    {
      id: `${id}.password-page`,
      what: 'an administration page without an administrator’s session shows, or leads to, the password page',
      judge: () => {
        const answers = seen.map(({ answer }) => answer);
        if (answers.some(doors.isOther)) return ['doesNot', 'another page comes in its place'];
        const asked = answers.find((answer) => product.asksPassword(answer));
        if (asked === undefined) return notSeen('it was not requested');
        return ['holds', redirectOf(asked, baseUrl) === null ? 'in place of the page' : 'by a redirect'];
      },
    },
    {
      id: `${id}.password-header`,
      what: 'the answer to the password page confirms the administrator’s session (X-Atlassian-WebSudo)',
      judge: () => {
        const [answer] = passwords()
          .filter(({ request }) => !request.route.startsWith('/rest/'))
          .slice(-1);
        if (answer === undefined) return notSeen('no password page had to be answered');
        const says = answer.header('x-atlassian-websudo') === 'Has-Authentication';
        return either(says, 'it does', 'the header is missing; Attune opens a page instead');
      },
    },
    {
      id: `${id}.form-token`,
      what: 'forms are accepted with the header X-Atlassian-Token: no-check',
      judge: () => {
        const forms = seen
          .map(({ answer }) => answer)
          .filter(({ request }) => request.method === 'POST' && request.form !== undefined);
        if (forms.length === 0) return notSeen('no form was sent');
        return either(!forms.some(isFormTokenPage), 'they are', 'the product requires its form token');
      },
    },
  ];
};
