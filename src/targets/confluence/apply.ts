import type { Call } from '../../core/call.ts';
import type { Change, ChangeResult } from '../../core/profile.ts';
import { isRefusedPage, redirectOf, unexpectedFailure } from '../atlassian/answers.ts';
import { showsFieldError } from '../atlassian/markup.ts';
import { protectedAccount } from '../atlassian/open-page.ts';
import type { Session } from '../atlassian/session.ts';
import { inOrder, weigh } from '../kit/weigh.ts';
import type { Account } from '../target.ts';
import type { UserForm } from './pages.ts';
import { openUserForm, profileOf } from './profile.ts';

/**
 * Writes all changes of an account with one form (doedituser.action). User name, full name and mail go back exactly
 * as the form gave them, because the product renames and overwrites with what it is sent; a field that is left out
 * stays as it is, an empty one is removed.
 */
export const applyChanges = async (
  session: Session,
  account: Account,
  changes: readonly Change[],
  call: Call,
): Promise<readonly ChangeResult[]> => {
  const form = await openUserForm(session, account, call);
  const { due, settled } = weigh(changes, profileOf(form));
  if (due.length === 0) return inOrder(changes, settled);
  return inOrder(changes, [...settled, ...(await writeAll(session, form, due, call))]);
};

/** One form for all; when the product refuses it, one each, so that a single refused value does not stop the others. */
const writeAll = async (
  session: Session,
  form: UserForm,
  due: readonly Change[],
  call: Call,
): Promise<readonly ChangeResult[]> => {
  const together = await write(session, form, due, call);
  if (due.length === 1 || together.every(({ status }) => status === 'applied')) return together;
  const results: ChangeResult[] = [];
  for (const change of due) results.push(...(await write(session, form, [change], call)));
  return results;
};

const write = async (
  session: Session,
  form: UserForm,
  due: readonly Change[],
  call: Call,
): Promise<readonly ChangeResult[]> => {
  const answer = await session.send(
    {
      method: 'POST',
      route: '/admin/users/doedituser.action',
      kind: 'write',
      refusable: true,
      query: { userKey: form.userKey },
      form: {
        ...(form.token === '' ? {} : { atl_token: form.token }),
        username: form.username,
        fullName: form.fullName,
        email: form.email,
        ...Object.fromEntries(due.map(({ attribute, after }) => [fieldOf(attribute), after ?? ''])),
        confirm: 'Submit',
      },
    },
    call,
  );
  const redirect = redirectOf(answer, session.baseUrl);
  if (redirect?.path.endsWith('/viewuser.action') === true && redirect.query.get('username') === form.username) {
    return due.map(({ attribute }) => ({ attribute, status: 'applied' }));
  }
  if (isRefusedPage(answer, session.baseUrl)) throw protectedAccount(session.party);
  if (answer.status === 200 && showsFieldError(answer.text, session.party)) return due.map(refused);
  throw unexpectedFailure(session.party, answer, "the redirect to the user's page");
};

const fieldOf = (attribute: string): string => `userparam-${attribute.slice('field:'.length)}`;

/** The product's own words may repeat a value, so the reason is ours. */
const refused = ({ attribute }: Change): ChangeResult => ({
  attribute,
  status: 'rejected',
  reason: 'Confluence refused the form that edits this user.',
});
