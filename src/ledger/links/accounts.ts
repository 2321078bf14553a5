import { sql } from 'kysely';
import type { MatchKey } from '../../core/match.ts';
import type { Ledger } from '../open.ts';
import { holds, type LinkedTarget, matchDigest } from '../plan/staging.ts';
import { sinceLastFullPlan } from '../runs/reference-run.ts';
import { inTransaction } from '../transaction.ts';

/** An account of a target's own listing as it is staged: `key` identifies it, `keys` are what it can be found by. */
export type ListedAccount = { readonly key: string; readonly text: string; readonly keys: readonly MatchKey[] };

/** Where the account listing of a run stands: null before its first page. */
export const lastAccountPage = async (
  ledger: Ledger,
  run: string,
  target: string,
): Promise<{ pageNo: number; cursor: string | null } | null> => {
  const { rows } = await sql<{ pageNo: number; next: Buffer | null }>`select page_no as "pageNo", next_sealed as next
    from account_page where run = ${run} and target = ${target} order by page_no desc limit 1`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  return { pageNo: row.pageNo, cursor: row.next === null ? null : ledger.keyring.open(row.next) };
};

/** Stores one page of the listing: sealed accounts, and keyed hashes to join on. */
export const storeAccountPage = async (
  ledger: Ledger,
  run: string,
  target: string,
  page: { pageNo: number; next: string | null; accounts: readonly ListedAccount[] },
): Promise<void> => {
  const accounts = page.accounts.map((account) => ({ ...account, digest: accountDigest(ledger, account.key) }));
  const keys = accounts.flatMap((account) =>
    account.keys.map((key) => ({ account: account.digest, digest: matchDigest(ledger, key) })),
  );
  await inTransaction(ledger, async (trx) => {
    await sql`insert into account_page (run, target, page_no, next_sealed)
      values (${run}, ${target}, ${page.pageNo}, ${page.next === null ? null : ledger.keyring.seal(page.next)})`.execute(
      trx,
    );
    await sql`insert into account (run, target, digest, sealed)
      select ${run}, ${target}, t.* from unnest(${accounts.map((a) => a.digest)}::bytea[],
        ${accounts.map((a) => ledger.keyring.seal(a.text))}::bytea[]) t
      on conflict do nothing`.execute(trx);
    await sql`insert into account_key (run, target, key_digest, account_digest)
      select ${run}, ${target}, t.* from unnest(${keys.map((k) => k.digest)}::bytea[],
        ${keys.map((k) => k.account)}::bytea[]) t
      on conflict do nothing`.execute(trx);
  });
};

/** The keyed hash of an account's immutable key. */
export const accountDigest = (ledger: Pick<Ledger, 'keyring'>, key: string): Buffer =>
  ledger.keyring.digest(`account:${key}`);

/**
 * Finds the account of every candidate of a target, in one statement per rule: first a link made by hand, then a
 * remembered one that was found by the rules of today, then the first match step with a hit. Whoever has none is
 * `unmatched`; several accounts for one person, or several people for one account (in this run, by another's link, or
 * contested since the last run of everybody), are `ambiguous`. What was linked by hand is contested by nobody.
 */
export const matchAccounts = async (
  ledger: Ledger,
  run: { id: string; connector: string },
  target: LinkedTarget,
): Promise<void> => {
  await refreshFigures(ledger);
  await inTransaction(ledger, async (trx) => {
    await sql`update staged_user s set state = 'matched', by_hand = true, account_digest = m.account_digest,
        account_sealed = ${asListed(run.id, target.id, 'm')}
      from manual_link m where s.run = ${run.id} and s.target = ${target.id} and s.state = 'staged'
        and m.connector = ${run.connector} and m.target = s.target and m.person = s.person`.execute(trx);
    await sql`update staged_user s set state = 'matched', account_digest = p.account_digest,
        account_sealed = ${asListed(run.id, target.id, 'p')}
      from profile p where s.run = ${run.id} and s.target = ${target.id} and s.state = 'staged'
        and p.connector = ${run.connector} and p.target = s.target and p.person = s.person
        and ${holds(target)}`.execute(trx);
    await matchByKeys(trx, run.id, target.id);
    await settleContested(trx, run, target);
  });
};

/**
 * The tables were filled a moment ago: without fresh figures the planner takes them for empty and loops over rows. Each
 * stands alone, outside any transaction, and a table that another run looks at just then is left to that one: nobody
 * waits here for anybody.
 */
const refreshFigures = async (ledger: Ledger): Promise<void> => {
  for (const table of ['staged_user', 'staged_key', 'account', 'account_key']) {
    await sql`analyze (skip_locked) ${sql.table(table)}`.execute(ledger.db);
  }
};

/** A linked account as this run's listing shows it, where there was one: renamed or deactivated since it was linked. */
const asListed = (run: string, target: string, link: 'm' | 'p') => sql`coalesce((select a.sealed from account a
  where a.run = ${run} and a.target = ${target} and a.digest = ${sql.ref(`${link}.account_digest`)}),
  ${sql.ref(`${link}.account_sealed`)})`;

const matchByKeys = async (trx: Ledger['db'], run: string, target: string): Promise<void> => {
  await sql`with hit as (
      select s.pos, k.step, a.account_digest from staged_user s
      join staged_key k on k.run = s.run and k.target = s.target and k.pos = s.pos
      join account_key a on a.run = s.run and a.target = s.target and a.key_digest = k.digest
      where s.run = ${run} and s.target = ${target} and s.state = 'staged'),
    first_hit as (
      select h.pos, array_agg(distinct h.account_digest) as accounts from hit h
      join (select pos, min(step) as step from hit group by pos) m on m.pos = h.pos and m.step = h.step
      group by h.pos),
    decided as (
      select s.pos, s.person, f.accounts, coalesce(cardinality(f.accounts), 0) as hits,
        exists (select 1 from staged_key k where k.run = s.run and k.target = s.target and k.pos = s.pos) as has_key
      from staged_user s left join first_hit f on f.pos = s.pos
      where s.run = ${run} and s.target = ${target} and s.state = 'staged'),
    matched as (
      update staged_user s set state = case when d.hits = 1 then 'matched' else 'settled' end,
        account_digest = case when d.hits = 1 then d.accounts[1] end,
        account_sealed = case when d.hits = 1 then (select a.sealed from account a
          where a.run = s.run and a.target = s.target and a.digest = d.accounts[1]) end
      from decided d where s.run = ${run} and s.target = ${target} and s.pos = d.pos)
    insert into outcome (run, target, person, outcome, reason)
    select ${run}, ${target}, person, case when hits = 0 then 'unmatched' else 'ambiguous' end,
      case when hits > 1 then 'severalAccounts' when has_key then 'noAccount' else 'noMatchKey' end
    from decided where hits <> 1`.execute(trx);
};

const settleContested = async (
  trx: Ledger['db'],
  run: { id: string; connector: string },
  target: LinkedTarget,
): Promise<void> => {
  await sql`with twice as (
      select account_digest from staged_user
      where run = ${run.id} and target = ${target.id} and state = 'matched'
      group by account_digest having count(*) > 1),
    claimed as (
      select s.pos, s.person, s.account_digest from staged_user s
      where s.run = ${run.id} and s.target = ${target.id} and s.state = 'matched' and not s.by_hand and (
        s.account_digest in (select account_digest from twice)
        or exists (select 1 from manual_link m where m.connector = ${run.connector} and m.target = s.target
          and m.account_digest = s.account_digest and m.person <> s.person)
        or exists (select 1 from profile p where p.connector = ${run.connector} and p.target = s.target
          and p.account_digest = s.account_digest and p.person <> s.person and ${holds(target)}
          and not exists (select 1 from manual_link m where m.connector = p.connector and m.target = p.target
            and m.person = p.person and m.account_digest <> p.account_digest))
        or ((select person is not null or mode = 'delta' from run where id = ${run.id})
          and exists (select 1 from outcome c where c.run in ${sinceLastFullPlan(run)}
            and c.target = s.target and c.account_digest = s.account_digest
            and c.person <> s.person)))),
    settled as (
      update staged_user s set state = 'settled' from claimed c
      where s.run = ${run.id} and s.target = ${target.id} and s.pos = c.pos)
    insert into outcome (run, target, person, outcome, reason, account_digest)
    select ${run.id}, ${target.id}, person, 'ambiguous', 'accountClaimedTwice', account_digest from claimed`.execute(
    trx,
  );
};
