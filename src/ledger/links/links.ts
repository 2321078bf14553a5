import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { holds, type LinkedTarget } from '../plan/staging.ts';
import { sinceLastFullPlan } from '../runs/reference-run.ts';
import { accountDigest } from './accounts.ts';

/** One person at one target. */
export type LinkedPerson = { readonly connector: string; readonly target: LinkedTarget; readonly person: SourceId };

/** The account a person is linked to without any look at the target; `key` is a keyed digest of its own key. */
export type Link = { readonly account: string; readonly key: string; readonly by: 'byHand' | 'remembered' };

/** The link of one person: made by hand, else remembered and still to be trusted; null when it has to be looked for. */
export const linkOf = async (ledger: Ledger, { connector, target, person }: LinkedPerson): Promise<Link | null> => {
  const { rows } = await sql<{ account: Buffer; digest: Buffer; by: Link['by'] }>`
    select account_sealed as account, account_digest as digest, 'byHand' as by, 1 as rank from manual_link
      where connector = ${connector} and target = ${target.id} and person = ${person}
    union all
    select p.account_sealed, p.account_digest, 'remembered', 2 from profile p
      where p.connector = ${connector} and p.target = ${target.id} and p.person = ${person} and ${holds(target)}
    order by rank limit 1`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  return { account: ledger.keyring.open(row.account), key: row.digest.toString('hex'), by: row.by };
};

/** Whether an account is somebody else's; a link made by hand outranks what was found. */
export const isTaken = async (
  ledger: Ledger,
  { connector, target, person }: LinkedPerson,
  account: string,
): Promise<boolean> => {
  const digest = accountDigest(ledger, account);
  const { rows } = await sql<{ own: boolean }>`select m.person = ${person} as own from manual_link m
      where m.connector = ${connector} and m.target = ${target.id} and m.account_digest = ${digest}
    union all
    select false from profile p where p.connector = ${connector} and p.target = ${target.id}
      and p.account_digest = ${digest} and p.person <> ${person} and ${holds(target)}
      and not exists (select 1 from manual_link m where m.connector = p.connector and m.target = p.target
        and m.person = p.person and m.account_digest <> p.account_digest)`.execute(ledger.db);
  return rows.length > 0 && rows.every(({ own }) => !own);
};

/** Whether somebody else was found at the account too, in the connector's last run of everybody or since. */
export const wasContested = async (
  ledger: Ledger,
  { connector, target, person }: LinkedPerson,
  account: string,
): Promise<boolean> => {
  const { rows } = await sql`select 1 from outcome c where c.target = ${target.id}
      and c.account_digest = ${accountDigest(ledger, account)} and c.person <> ${person}
      and c.run in ${sinceLastFullPlan({ id: null, connector })} limit 1`.execute(ledger.db);
  return rows.length > 0;
};
