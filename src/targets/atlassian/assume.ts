import { type Assumption, either, notSeen } from '../../core/assumption.ts';
import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { Bare } from '../kit/guarded.ts';
import type { Account } from '../target.ts';
import { answeredTo, isFormTokenPage, redirectOf } from './answers.ts';
import type { ProductAnswer } from './connection.ts';
import { readLoginPage } from './login-page.ts';
import type { Product } from './product.ts';
import type { Recorded } from './record.ts';

/** The answers to one kind of request, in order. */
export const answersTo = (seen: readonly Recorded[], method: string, route: RegExp): readonly ProductAnswer[] =>
  seen.flatMap(({ answer }) => (answer.request.method === method && route.test(answer.request.route) ? [answer] : []));

/** Sets, replaces and clears one attribute, and puts back what was there; each over what stands there by then. */
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
): readonly Assumption[] => {
  const id = product.name.toLowerCase();
  const login = () => seen.map(({ answer }) => answer).filter(({ request }) => request.route === loginPath);
  const passwords = () => answersTo(seen, 'POST', /authenticate(\.\w+)$/i);
  return [
    {
      id: `${id}.login-page`,
      what: 'the login page has the form with os_username and os_password, or is the newer login',
      judge: () => {
        const page = login().find(({ request, status }) => request.method === 'GET' && status === 200);
        if (page === undefined) return notSeen('this target does not sign in by the page');
        const [newer] = answersTo(seen, 'POST', /\/tsv\/1\.0\/authenticate$/);
        try {
          if (readLoginPage(page.text, product.name).kind === 'form') return ['holds', 'the classic form'];
        } catch (error) {
          if (!isFailure(error)) throw error;
          return ['doesNot', error.message];
        }
        return either(newer !== undefined && newer.status < 404, 'the newer login', 'neither of both');
      },
    },
    {
      id: `${id}.name-header`,
      what: 'answers name whom they are for (X-AUSERNAME)',
      judge: () => {
        const [answer] = answersTo(seen, 'GET', new RegExp(`^${product.whoAmI.route}$`)).slice(-1);
        if (answer === undefined || answer.status !== 200) return notSeen('nobody was signed in');
        return either(answeredTo(answer) !== null, 'it does', 'the header is missing; Attune asks in doubt instead');
      },
    },
    {
      id: `${id}.password-page`,
      what: 'an administration page without an administrator’s session shows, or leads to, the password page',
      judge: () => {
        const asked = seen.map(({ answer }) => answer).find((answer) => product.asksPassword(answer));
        if (asked === undefined) return notSeen('it was not asked for');
        return ['holds', redirectOf(asked, baseUrl) === null ? 'in place of the page' : 'by a redirect'];
      },
    },
    {
      id: `${id}.password-header`,
      what: 'the answer to the password page says that the session is raised (X-Atlassian-WebSudo)',
      judge: () => {
        const [answer] = passwords()
          .filter(({ request }) => !request.route.startsWith('/rest/'))
          .slice(-1);
        if (answer === undefined) return notSeen('no password page was answered');
        const says = answer.header('x-atlassian-websudo') === 'Has-Authentication';
        return either(says, 'it does', 'the header is missing; Attune looks at a page instead');
      },
    },
    {
      id: `${id}.form-token`,
      what: 'forms are taken with the header X-Atlassian-Token: no-check',
      judge: () => {
        const forms = seen
          .map(({ answer }) => answer)
          .filter(({ request }) => request.method === 'POST' && request.form !== undefined);
        if (forms.length === 0) return notSeen('no form was sent');
        return either(!forms.some(isFormTokenPage), 'they are', 'the product asks for its form token');
      },
    },
  ];
};
