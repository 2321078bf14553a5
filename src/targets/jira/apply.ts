import type { Call } from '../../core/call.ts';
import type { Change, ChangeResult } from '../../core/profile.ts';
import { isRefusedPage, redirectOf, unexpectedFailure } from '../atlassian/answers.ts';
import { accountInactive } from '../atlassian/find-again.ts';
import { showsFieldError } from '../atlassian/markup.ts';
import type { Session } from '../atlassian/session.ts';
import type { WireRequest } from '../atlassian/wire.ts';
import { writeEach } from '../atlassian/write-each.ts';
import type { Account } from '../target.ts';
import { readHeld } from './profile.ts';
import { keyOf } from './store.ts';

const base = '/secure/admin/user';

/**
 * Writes changes through the three actions behind Jira's page of User Properties. There is no action that both adds
 * and updates, so what the account holds decides which one is asked; "no value" is a deletion.
 */
export const applyChanges = async (
  session: Session,
  account: Account,
  changes: readonly Change[],
  call: Call,
): Promise<readonly ChangeResult[]> => {
  const { username, active, profile } = await readHeld(session, account, call);
  if (!active) throw accountInactive(session.party);
  return writeEach(changes, profile, (change) => write(session, username, change, call), session.party);
};

const write = async (session: Session, username: string, change: Change, call: Call): Promise<ChangeResult | null> => {
  const answer = await session.send(action(username, change), call);
  const redirect = redirectOf(answer, session.baseUrl);
  if (redirect?.path === `${base}/EditUserProperties.jspa` && redirect.query.has('name')) {
    return { attribute: change.attribute, status: 'applied' };
  }
  if (isRefusedPage(answer, session.baseUrl)) return null;
  if (answer.status === 200 && showsFieldError(answer.text, session.party)) return refused(change);
  throw unexpectedFailure(session.party, answer, 'the redirect to the list of properties');
};

const action = (username: string, { attribute, before, after }: Change): WireRequest => {
  const key = keyOf(attribute);
  if (after === null) return post('DeleteUserProperty.jspa', { name: username, key, confirm: 'true' });
  if (before === null) return post('EditUserProperties!add.jspa', { name: username, key, value: after, Add: 'Add' });
  return post('EditUserProperty!update.jspa', { name: username, key, value: after, Update: 'Update' });
};

const post = (page: string, form: Readonly<Record<string, string>>): WireRequest => ({
  method: 'POST',
  route: `${base}/${page}`,
  kind: 'write',
  refusable: true,
  form,
});

/** The product's own words may repeat the value, so the reason is ours. */
const refused = ({ attribute }: Change): ChangeResult => ({
  attribute,
  status: 'rejected',
  reason: 'Jira refused this key or value in its form of User Properties.',
});
