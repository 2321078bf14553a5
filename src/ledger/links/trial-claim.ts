import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Ledger } from '../open.ts';
import { accountDigest } from './accounts.ts';
import { claimSeconds } from './claims.ts';
import { isLive } from './look.ts';

/** A claim of one account for a trial of its writes, which no run knows of. */
export type TrialClaim = {
  readonly target: string;
  readonly digest: Buffer;
  readonly claim: string;
};

/**
 * Claims an account for a trial and notes it as in doubt; null while somebody is writing it. What profiles hold of it is
 * read again afterwards: a trial that is cut short leaves a value behind.
 */
export const claimForTrial = async (
  ledger: Ledger,
  { connector, target, account }: { readonly connector: string; readonly target: string; readonly account: string },
): Promise<TrialClaim | null> => {
  const digest = accountDigest(ledger, account);
  const { rows } = await sql<{ claim: string }>`with looked as materialized (
      select c.turn, c.ends_at as ends, ${isLive} as live from (select 1) one
      left join account_claim c on c.target = ${target} and c.account_digest = ${digest}),
    claimed as (
      insert into account_claim as c (target, account_digest, claim, turn, connector, run, person, ends_at, in_doubt)
      select ${target}, ${digest}, nextval('claim_number'), nextval('claim_turn'), ${connector}, ${`trial/${randomUUID()}`},
        '', clock_timestamp() + make_interval(secs => ${claimSeconds}), true from looked where not live
      on conflict (target, account_digest) do update set claim = excluded.claim, turn = excluded.turn,
        connector = excluded.connector, run = excluded.run, person = excluded.person, ends_at = excluded.ends_at,
        in_doubt = true, wanted = false
      where c.turn = (select turn from looked) and c.ends_at = (select ends from looked)
      returning c.claim),
    kept as (
      insert into left_doubt (target, account_digest, claim, connector, run, person, ended_at)
      select o.target, o.account_digest, o.claim, o.connector, o.run, o.person, least(o.ends_at, clock_timestamp())
      from account_claim o cross join claimed where o.target = ${target} and o.account_digest = ${digest} and o.in_doubt
      on conflict do nothing),
    forgotten as (
      update profile p set digest = null from claimed
      where p.target = ${target} and p.account_digest = ${digest} and p.digest is not null)
    select claim from claimed`.execute(ledger.db);
  const [row] = rows;
  return row === undefined ? null : { target, digest, ...row };
};

/** Prolongs the claim of a trial. */
export const renewTrial = async (ledger: Ledger, { target, digest, claim }: TrialClaim): Promise<void> => {
  await sql`update account_claim set ends_at = clock_timestamp() + make_interval(secs => ${claimSeconds})
    where target = ${target} and account_digest = ${digest} and claim = ${claim} and ends_at > clock_timestamp()`.execute(
    ledger.db,
  );
};

/** Gives an account back after its trial; `isSure` says that everything was put back as it was. */
export const endTrial = async (
  ledger: Ledger,
  { target, digest, claim }: TrialClaim,
  isSure: boolean,
): Promise<void> => {
  await sql`update account_claim set ends_at = clock_timestamp(), in_doubt = not ${isSure}, wanted = false,
      turn = nextval('claim_turn')
    where target = ${target} and account_digest = ${digest} and claim = ${claim}`.execute(ledger.db);
};
