import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { sinceLastFullPlan } from '../runs/reference-run.ts';
import { accountDigest, openAccount } from './accounts.ts';
import { holds, type LinkedTarget } from './linked-target.ts';

/** One person at one target. */
export type LinkedPerson = { readonly connector: string; readonly target: LinkedTarget; readonly person: SourceId };

/** The account a person is linked to, without reading the target; `key` is a keyed digest of its own key. */
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
  const { account: sealed, digest, by } = row;
  return { account: openAccount(ledger, target.id, { digest, sealed }), key: digest.toString('hex'), by };
};

/** Who else has a claim to an account: by a link, or found there by runs of everybody lately. */
export const otherClaimants = async (
  ledger: Ledger,
  { connector, target, person }: LinkedPerson,
  account: string,
): Promise<readonly SourceId[]> => {
  const digest = accountDigest(ledger, account);
  const { rows } = await sql<{ person: SourceId }>`select m.person from manual_link m
      where m.connector = ${connector} and m.target = ${target.id} and m.account_digest = ${digest}
        and m.person <> ${person}
    union select p.person from profile p where p.connector = ${connector} and p.target = ${target.id}
      and p.account_digest = ${digest} and p.person <> ${person} and ${holds(target)}
      and not exists (select 1 from manual_link m where m.connector = p.connector and m.target = p.target
        and m.person = p.person and m.account_digest <> p.account_digest)
    union select c.person from outcome c where c.target = ${target.id} and c.account_digest = ${digest}
      and c.person <> ${person} and c.run in ${sinceLastFullPlan({ id: null, connector })}`.execute(ledger.db);
  return rows.map((row) => row.person);
};
