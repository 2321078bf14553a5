import { nameOfId } from '../../core/attribute-id.ts';
import type { Call } from '../../core/call.ts';
import { foldKey } from '../../core/people/match.ts';
import type { AttributeId, Change, Written } from '../../core/profile.ts';
import { isRefusedPage, redirectOf } from '../atlassian/answers.ts';
import type { ProductAnswer, ProductRequest } from '../atlassian/connection.ts';
import { unexpectedFailure } from '../atlassian/failures.ts';
import { accountInactive } from '../atlassian/find-again.ts';
import { protectedAccount } from '../atlassian/open-page.ts';
import { attempt } from '../atlassian/send-once.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Attempt } from '../kit/attempt.ts';
import { writeEach } from '../kit/write-each.ts';
import type { Account } from '../target.ts';
import { accountToday } from './accounts.ts';
import { showsAgain, type UserForm } from './pages.ts';
import { openUserForm, profileOf } from './profile.ts';

/**
 * Writes all changes of an account with one form (doedituser.action). User name, full name and mail go back exactly
 * as the form has just given them, because the product renames and overwrites with what it is sent; a field that is left
 * out stays as it is, an empty one is removed. A refused form is followed by one for each change, so that a single
 * refused value does not stop the others.
 */
export const writeFields = (
  session: Session,
  account: Account,
  changes: readonly Change[],
  call: Call,
): Promise<Written> =>
  writeEach(
    changes,
    {
      atOnce: true,
      look: async () => {
        const today = await accountToday(session, account, call);
        if (!today.active) throw accountInactive(session.party);
        const form = await openUserForm(session, today, call);
        return { form, profile: profileOf(form) };
      },
      write: (due, { form }) => attempt(session, edit(form, due), (answer) => meaning(session, answer, form), call),
    },
    call,
  );

const edit = (form: UserForm, due: readonly Change[]): ProductRequest => ({
  method: 'POST',
  route: '/admin/users/doedituser.action',
  kind: 'write',
  refusable: true,
  query: { userKey: form.userKey },
  form: {
    ...(form.token === '' ? {} : { atl_token: form.token }),
    username: form.username,
    ...form.identity,
    ...Object.fromEntries(due.map(({ attribute, after }) => [fieldOf(attribute), after ?? ''])),
    confirm: 'Submit',
  },
});

const meaning = ({ party, baseUrl }: Session, answer: ProductAnswer, form: UserForm): Attempt => {
  const redirect = redirectOf(answer, baseUrl);
  if (redirect !== null && leadsToUser(answer, baseUrl) && leadsTo(redirect.query, form)) {
    return { came: 'answered', status: 'applied' };
  }
  if (isRefusedPage(answer, baseUrl)) return { came: 'outOfReach', why: protectedAccount(party) };
  if (answer.status === 200 && showsAgain(answer.text, form.userKey, party)) return refused;
  throw unexpectedFailure(party, answer, "the redirect to the user's page");
};

/** Whether an answer leads to the page of a user. */
export const leadsToUser = (answer: ProductAnswer, baseUrl: URL): boolean =>
  redirectOf(answer, baseUrl)?.path.endsWith('/viewuser.action') === true;

/** Confluence encodes the name in this redirect twice, so it is compared as read once and as read twice. */
const leadsTo = (query: URLSearchParams, { username, userKey }: UserForm): boolean => {
  const once = query.get('username');
  if (once === null) return query.get('userKey') === userKey;
  const twice = new URLSearchParams(`name=${once.replaceAll('&', '%26')}`).get('name');
  return [once, twice].some((name) => name !== null && foldKey(name) === foldKey(username));
};

const fieldOf = (attribute: AttributeId): string => `userparam-${nameOfId(attribute)}`;

/** The product's own words may repeat a value, so the reason is ours. */
const refused: Attempt = {
  came: 'answered',
  status: 'rejected',
  reason:
    "Confluence refused the form that edits this user; it also does this if the account's own full name or mail address is not valid.",
};
