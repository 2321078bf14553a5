import { sql } from 'kysely';
import type { Batch } from '../../core/batch.ts';
import { contestEnd, type MatchEnd, matchEnd } from '../../core/people/match.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { insertOutcomes } from '../runs/outcomes.ts';
import { sinceLastFullPlan } from '../runs/reference-run.ts';
import { inTransaction } from '../transaction.ts';
import { insertAccounts, type ListedAccount } from './accounts.ts';
import { claimedByPassedOver, keepClaims } from './known-ends.ts';
import { holds, type LinkedTarget } from './linked-target.ts';
import { wasLookedFor } from './looked-for.ts';

type RunOf = { readonly id: string; readonly connector: string };

/** How many candidates are decided at a time. */
const partSize = 5_000;

/**
 * Gives every candidate of a target an account, or an end: the database joins and counts, the rule itself is
 * `matchEnd`; whose account others have a claim to is settled when all are matched.
 */
export const matchAccounts = async (ledger: Ledger, run: RunOf, target: LinkedTarget): Promise<void> => {
  await inTransaction(ledger, (trx) => matchStaged(trx, run, target, { from: 0, to: lastPosition }));
};

/** What a target was asked for about a person whose account it does not know any more. */
export type LookedFor = { readonly person: SourceId; readonly accounts: readonly ListedAccount[] };

/**
 * Gives people of a batch whose account their target no longer knows the account that was found for them meanwhile, or
 * an end; each once in a run. The accounts found by the match rules rules are those given here.
 */
export const matchAgain = async (
  ledger: Ledger,
  run: RunOf,
  target: LinkedTarget,
  batch: Batch,
  people: readonly LookedFor[],
): Promise<void> => {
  await inTransaction(ledger, async (trx) => {
    await insertAccounts(
      { ...ledger, db: trx },
      run.id,
      target.id,
      people.flatMap(({ accounts }) => accounts),
    );
    await sql`update staged_user set state = 'staged', link_gone = true, account_digest = null, account_sealed = null
      where run = ${run.id} and target = ${target.id} and person = any(${people.map(({ person }) => person)}::text[])
        and state = 'matched' and not by_hand and not link_gone`.execute(trx);
    await matchStaged(trx, run, target, batch);
  });
};

/** A position after every candidate. */
const lastPosition = 2_147_483_647;

const matchStaged = async (trx: Ledger['db'], run: RunOf, target: LinkedTarget, { from, to }: Batch): Promise<void> => {
  for (let next = from; ; ) {
    const found = await matchFacts(trx, run, target, { from: next, to });
    await storeEnds(trx, run, target.id, found);
    const last = found.at(-1);
    if (last === undefined || found.length < partSize) break;
    next = last.pos + 1;
  }
  await settleContested(trx, run, target);
};

type Candidate = { readonly pos: number; readonly person: SourceId };

type Facts = Candidate & {
  readonly byHand: string | null;
  readonly remembered: string | null;
  readonly gone: boolean;
  readonly hits: readonly string[];
  readonly hasKey: boolean;
  /** Whether the person was looked for in this run. */
  readonly lookedFor: boolean;
};

/**
 * What is known of some candidates; accounts as hexadecimal digests. Each candidate's keys are looked up for themselves:
 * a database that does not know yet how many people the run has would join them all in a loop. That one is gone is proved by a whole listing, or by
 * a read of the account itself.
 */
const matchFacts = async (
  trx: Ledger['db'],
  run: RunOf,
  target: LinkedTarget,
  { from, to }: Batch,
): Promise<readonly Facts[]> => {
  const { rows } = await sql<Facts>`with part as materialized (
      select s.pos, s.person, s.link_gone from staged_user s
      where s.run = ${run.id} and s.target = ${target.id} and s.state = 'staged' and s.pos >= ${from}
        and s.pos < ${to}
      order by s.pos limit ${partSize})
    select s.pos, s.person, encode(m.account_digest, 'hex') as "byHand", encode(p.account_digest, 'hex') as remembered,
      s.link_gone or (exists (select 1 from account_page g where g.run = ${run.id} and g.target = ${target.id}
        and g.everybody and g.next_sealed is null)
        and not exists (select 1 from account a
          where a.run = ${run.id} and a.target = ${target.id} and a.digest = p.account_digest)) as gone,
      array(select distinct unnest(h.found) from (select h.found, h.step, min(h.step) over () as first from (
          select k.step, array(select encode(a.account_digest, 'hex') from account_key a
              where a.run = k.run and a.target = k.target and a.key_digest = k.digest) as found
            from staged_key k where k.run = ${run.id} and k.target = ${target.id} and k.pos = s.pos offset 0) h
          where cardinality(h.found) > 0) h
        where h.step = h.first) as hits,
      exists (select 1 from staged_key k
        where k.run = ${run.id} and k.target = ${target.id} and k.pos = s.pos) as "hasKey",
      m.account_digest is null and p.account_digest is null and not ${wasLookedFor(run, target.id)} as "lookedFor"
    from part s
    left join lateral (select m.account_digest from manual_link m
      where m.connector = ${run.connector} and m.target = ${target.id} and m.person = s.person offset 0) m on true
    left join lateral (select p.account_digest from profile p
      where p.connector = ${run.connector} and p.target = ${target.id} and p.person = s.person
        and ${holds(target)} offset 0) p on true
    order by s.pos`.execute(trx);
  return rows;
};

/** A matched account is kept as this run's listing shows it, where there was one: it may have another name by now. */
const storeEnds = async (trx: Ledger['db'], run: RunOf, target: string, found: readonly Facts[]): Promise<void> => {
  const ends = found.map(({ remembered, gone, ...facts }) => ({
    pos: facts.pos,
    person: facts.person,
    lookedFor: facts.lookedFor,
    end: matchEnd({ ...facts, remembered: remembered === null ? null : { account: remembered, gone } }),
  }));
  await sql`update staged_user s set state = case when t.account is null then 'settled' else 'matched' end,
      by_hand = t.by is not distinct from 'byHand', looked_for = t.looked, account_digest = decode(t.account, 'hex'),
      account_sealed = case when t.account is not null then coalesce(
        (select a.sealed from account a
          where a.run = s.run and a.target = s.target and a.digest = decode(t.account, 'hex')),
        case t.by when 'byHand' then (select m.account_sealed from manual_link m
            where m.connector = ${run.connector} and m.target = s.target and m.person = s.person)
          when 'remembered' then (select p.account_sealed from profile p
            where p.connector = ${run.connector} and p.target = s.target and p.person = s.person) end) end
    from unnest(${ends.map(({ pos }) => pos)}::integer[], ${ends.map(({ end }) => end.account)}::text[],
      ${ends.map(({ end }) => (end.account === null ? null : end.by))}::text[],
      ${ends.map(({ lookedFor }) => lookedFor)}::boolean[]) t(pos, account, by, looked)
    where s.run = ${run.id} and s.target = ${target} and s.pos = t.pos`.execute(trx);
  const without = ends.flatMap(({ person, end }) => (isWithout(end) ? [{ person, end }] : []));
  await insertOutcomes(
    { db: trx },
    run.id,
    without.map(({ person, end: { account: _, ...end } }) => ({ target, person, ...end })),
  );
};

const isWithout = (end: MatchEnd): end is Extract<MatchEnd, { account: null }> => end.account === null;

/**
 * Ends people who were matched to an account that others match too: in this run, by a link, or, where this run does not
 * look at everybody, by what runs of everybody found lately. Whoever was passed over because it was known that they have
 * no account counts as well, and ends like the others.
 */
const settleContested = async (trx: Ledger['db'], run: RunOf, target: LinkedTarget): Promise<void> => {
  type Row = Candidate & { account: Buffer; others: SourceId[]; written: AttributeId[] };
  const passedOver = await claimedByPassedOver({ db: trx }, run, target);
  const { rows } = await sql<Row>`with twice as (
      select account_digest, array_agg(person order by person) as people from staged_user
      where run = ${run.id} and target = ${target.id} and state = 'matched'
      group by account_digest having count(*) > 1),
    part as (select person is not null or mode = 'delta' as small from run where id = ${run.id}),
    claimed as (
      select s.pos, s.person, s.account_digest as account,
        array(select person from unnest(t.people) person where person <> s.person
          union select m.person from manual_link m where m.connector = ${run.connector} and m.target = s.target
            and m.account_digest = s.account_digest and m.person <> s.person
          union select p.person from profile p where p.connector = ${run.connector} and p.target = s.target
            and p.account_digest = s.account_digest and p.person <> s.person and ${holds(target)}
            and not exists (select 1 from manual_link m where m.connector = p.connector and m.target = p.target
              and m.person = p.person and m.account_digest <> p.account_digest)
          union select c.person from outcome c where part.small and c.run in ${sinceLastFullPlan(run)}
            and c.target = s.target and c.account_digest = s.account_digest and c.person <> s.person) as others
      from staged_user s cross join part left join twice t on t.account_digest = s.account_digest
      where s.run = ${run.id} and s.target = ${target.id} and s.state = 'matched' and not s.by_hand)
    select pos, person, account, others, array(select distinct unnest(k.attributes) from profile p
        join attribute_set k on k.id = p.kept_set where p.connector = ${run.connector} and p.target = ${target.id}
          and p.account_digest = claimed.account order by 1) as written
    from claimed where cardinality(others) > 0
      or account = any(${[...passedOver.keys()].map((account) => Buffer.from(account, 'hex'))}::bytea[])`.execute(trx);
  const contested = rows.map(({ others, ...row }) => ({
    ...row,
    others,
    unstaged: (passedOver.get(row.account.toString('hex')) ?? []).filter((person) => !others.includes(person)),
  }));
  const ends = contested.flatMap(({ others, unstaged, written, ...row }) => {
    const end = contestEnd('match', [...others, ...unstaged], written);
    return end === null ? [] : [{ ...row, end }];
  });
  const claims = contested.flatMap(({ account, others, unstaged, written, person: matched }) =>
    unstaged.flatMap((person) => {
      const end = contestEnd('match', [matched, ...others, ...unstaged.filter((other) => other !== person)], written);
      return end === null ? [] : [{ person, account, end }];
    }),
  );
  // Several may be matched to what one of them claims, but each person has one end.
  const settled = [...ends, ...new Map(claims.map((claim) => [claim.person, claim])).values()];
  await sql`update staged_user set state = 'settled' where run = ${run.id} and target = ${target.id}
    and pos = any(${ends.map(({ pos }) => pos)}::integer[])`.execute(trx);
  await insertOutcomes(
    { db: trx },
    run.id,
    settled.map(({ person, end }) => ({ target: target.id, person, ...end })),
  );
  await keepClaims({ db: trx }, run, target, claims);
  // Whoever had the account by a link is looked at again by every run, for as long as it is contested.
  await sql`update profile set digest = null where connector = ${run.connector} and target = ${target.id}
    and person = any(${ends.map(({ person }) => person)}::text[]) and digest is not null
    and exists (select 1 from run where id = ${run.id} and intent = 'apply')`.execute(trx);
  await sql`update outcome o set account_digest = t.account
    from unnest(${settled.map(({ person }) => person)}::text[],
      ${settled.map(({ account }) => account)}::bytea[]) t(person, account)
    where o.run = ${run.id} and o.target = ${target.id} and o.person = t.person`.execute(trx);
};
