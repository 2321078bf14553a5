import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { inTransaction } from '../transaction.ts';
import { accountDigest, sealAccount } from './accounts.ts';

/** The person a link made by hand is of. */
export type LinkKey = { readonly connector: string; readonly target: string; readonly person: SourceId };

/** A link made by hand: from now on this account is the person's, whatever a match would find. */
export type ManualLink = LinkKey & {
  readonly account: { readonly key: string; readonly text: string };
  readonly by: string;
};

/**
 * Links a person to an account; an earlier link by hand of the same person is replaced. False when the account is linked
 * by hand to somebody else.
 */
export const linkByHand = async (ledger: Ledger, link: ManualLink): Promise<boolean> =>
  inTransaction(ledger, async (trx) => {
    const { connector, target, person, account, by } = link;
    const digest = accountDigest(ledger, account.key);
    const sealed = sealAccount(ledger, target, { digest, text: account.text });
    const { rows } = await sql`select 1 from manual_link where connector = ${connector} and target = ${target}
      and account_digest = ${digest} and person <> ${person} for update`.execute(trx);
    if (rows.length > 0) return false;
    await sql`insert into manual_link (connector, target, person, account_digest, account_sealed, made_by)
      values (${connector}, ${target}, ${person}, ${digest}, ${sealed}, ${by})
      on conflict (connector, target, person) do update set account_digest = excluded.account_digest,
        account_sealed = excluded.account_sealed, made_by = excluded.made_by, made_at = now()`.execute(trx);
    await sql`update profile set digest = null where connector = ${connector} and target = ${target}
      and (person = ${person} or account_digest = ${digest})`.execute(trx);
    return true;
  });

/** Takes a link made by hand back; the next run looks for the person's account by the match rules. False without one. */
export const unlinkByHand = async (ledger: Ledger, key: LinkKey): Promise<boolean> =>
  inTransaction(ledger, async (trx) => {
    const { rows } = await sql`delete from manual_link where connector = ${key.connector}
      and target = ${key.target} and person = ${key.person} returning 1`.execute(trx);
    if (rows.length === 0) return false;
    await sql`update profile set digest = null, link_basis = null where connector = ${key.connector}
      and target = ${key.target} and person = ${key.person}`.execute(trx);
    return true;
  });
