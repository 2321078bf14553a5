import type { Call } from '../../core/call.ts';
import type { Change, Written } from '../../core/profile.ts';
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
import { showsAgain } from './pages.ts';
import { type Held, readHeld } from './profile.ts';
import { keyOf } from './store.ts';

/** Where the actions are. */
export const base = '/secure/admin/user';

/**
 * Writes changes through the three actions behind Jira's page of User Properties. There is no action that both adds
 * and updates, so what the account holds decides which one is asked; "no value" is a deletion.
 */
export const applyChanges = async (
  session: Session,
  account: Account,
  changes: readonly Change[],
  call: Call,
): Promise<Written> =>
  writeEach<Held>(
    changes,
    {
      atOnce: false,
      look: async () => {
        const held = await readHeld(session, account, call);
        if (!held.active) throw accountInactive(session.party);
        return held;
      },
      write: async ([change], held) => {
        if (change === undefined) throw new Error('there is nothing to write');
        return attempt(session, action(held, change), (answer) => meaning(session, answer), call);
      },
    },
    call,
  );

const meaning = ({ party, baseUrl }: Session, answer: ProductAnswer): Attempt => {
  const redirect = redirectOf(answer, baseUrl);
  if (redirect?.path === `${base}/EditUserProperties.jspa` && redirect.query.has('name')) {
    return { came: 'answered', status: 'applied' };
  }
  if (isRefusedPage(answer, baseUrl)) return { came: 'outOfReach', why: protectedAccount(party) };
  const [action = ''] = answer.request.route.split('/').slice(-1);
  if (answer.status === 200 && showsAgain(answer.text, action, party)) return refused;
  throw unexpectedFailure(party, answer, 'the redirect to the list of properties');
};

/** A key that holds the empty text is there all the same, so it is updated. */
const action = ({ username, profile }: Held, { attribute, after }: Change): ProductRequest => {
  const key = keyOf(attribute);
  if (after === null) return post('DeleteUserProperty.jspa', { name: username, key, confirm: 'true' });
  if (!profile.has(attribute))
    return post('EditUserProperties!add.jspa', { name: username, key, value: after, Add: 'Add' });
  return post('EditUserProperty!update.jspa', { name: username, key, value: after, Update: 'Update' });
};

/** A form to one of the actions. */
export const post = (page: string, form: Readonly<Record<string, string>>): ProductRequest => ({
  method: 'POST',
  route: `${base}/${page}`,
  kind: 'write',
  refusable: true,
  form,
});

/** The product's own words may repeat the value, so the reason is ours. */
const refused: Attempt = {
  came: 'answered',
  status: 'rejected',
  reason: 'Jira refused this key or value in its User Properties form.',
};
