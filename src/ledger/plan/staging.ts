import { sql } from 'kysely';
import { z } from 'zod';
import type { Batch } from '../../core/batch.ts';
import { foldKey, type MatchStep } from '../../core/match.ts';
import type { AttributeId, Desired, DesiredProfile } from '../../core/profile.ts';
import type { ReadMoment } from '../../core/read-moment.ts';
import type { Reason } from '../../core/reasons.ts';
import type { SourceId } from '../../core/values.ts';
import { keptAttribute, keptJson } from '../kept-json.ts';
import { matchDigest, openAccount } from '../links/accounts.ts';
import type { Ledger } from '../open.ts';
import { keptFacts } from '../runs/outcomes.ts';
import { sinceLastFullPlan } from '../runs/reference-run.ts';
import { type SealedRow, seal, unseal } from '../sealing/sealed.ts';

/** A user whose desired profile is new or changed at a target: a candidate of the plan, numbered within the target. */
export type NewStagedUser = {
  readonly target: string;
  readonly pos: number;
  readonly person: SourceId;
  readonly desired: DesiredProfile;
  /** The row of the document that decided each attribute. */
  readonly rows: ReadonlyMap<AttributeId, number>;
  readonly match: readonly MatchStep[];
  readonly digest: Buffer;
  readonly read: ReadMoment;
};

/** A staged user as the plan takes it up, with the account it was matched to. */
export type StagedUser = NewStagedUser & { readonly account: string };

/** What mapping came to, as a staged user keeps it: entries of maps, and the match steps. */
type Mapped = {
  readonly desired: readonly (readonly [AttributeId, Desired])[];
  readonly rows: readonly (readonly [AttributeId, number])[];
  readonly match: readonly MatchStep[];
};

const keptMapped = keptJson<Mapped>(
  'a mapped person',
  z.object({
    desired: z.array(
      z.tuple([
        keptAttribute,
        z.discriminatedUnion('do', [
          z.object({ do: z.literal('set'), value: z.string(), overwrite: z.enum(['always', 'ifEmpty', 'onlyOurs']) }),
          z.object({ do: z.literal('clear'), whose: z.enum(['ours', 'any']) }),
          z.object({ do: z.literal('keep') }),
        ]),
      ]),
    ),
    rows: z.array(z.tuple([keptAttribute, z.int()])),
    match: z.array(z.object({ by: z.enum(['username', 'email']), values: z.array(z.string()) })),
  }),
);

/** A target with the digest of the rules its accounts are found by. */
export type LinkedTarget = { readonly id: string; readonly basis: Buffer };

/** Whether the remembered link of profile `p` may be trusted. */
export const holds = ({ basis }: LinkedTarget) =>
  sql`p.account_digest is not null and p.left_at is null and p.link_basis = ${basis}`;

/** Stores candidates with the keyed hashes of their match keys, so that matching is a join. */
export const insertStagedUsers = async (
  ledger: Ledger,
  run: string,
  users: readonly NewStagedUser[],
): Promise<void> => {
  if (users.length === 0) return;
  const sealed = ({ target, person, desired, rows, match }: NewStagedUser): Buffer =>
    seal(
      ledger,
      'desired',
      { run, target, person },
      keptMapped.text({ desired: [...desired], rows: [...rows], match }),
    );
  await sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at, read_number)
    select ${run}, t.* from unnest(${users.map((u) => u.target)}::text[], ${users.map((u) => u.pos)}::integer[],
      ${users.map((u) => u.person)}::text[], ${users.map(sealed)}::bytea[], ${users.map((u) => u.digest)}::bytea[],
      ${users.map((u) => u.read.at)}::timestamptz[],
      ${users.map((u) => u.read.number)}::bigint[]) t`.execute(ledger.db);
  const keys = users.flatMap((user) =>
    user.match.flatMap((step, index) =>
      step.values
        .filter((value) => foldKey(value) !== '')
        .map((value) => ({ user, index, digest: matchDigest(ledger, { by: step.by, value }) })),
    ),
  );
  await sql`insert into staged_key (run, target, pos, step, digest)
    select ${run}, t.* from unnest(${keys.map((k) => k.user.target)}::text[],
      ${keys.map((k) => k.user.pos)}::integer[], ${keys.map((k) => k.index)}::smallint[],
      ${keys.map((k) => k.digest)}::bytea[]) t`.execute(ledger.db);
};

/** How many candidates each target has in this run. */
export const stagedCounts = async (ledger: Ledger, run: string): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ target: string; count: number }>`select target, max(pos) + 1 as count
    from staged_user where run = ${run} group by target`.execute(ledger.db);
  return new Map(rows.map((row) => [row.target, row.count]));
};

/** The matched candidates of a batch that have not been planned yet. */
export const matchedUsers = async (
  ledger: Ledger,
  run: string,
  target: string,
  batch: Batch,
): Promise<StagedUser[]> => {
  type Row = {
    pos: number;
    person: string;
    sealed: Buffer;
    digest: Buffer;
    at: Date;
    number: number;
    account: Buffer;
    of: Buffer;
  };
  const { rows } = await sql<Row>`select pos, person, desired_sealed as sealed, digest,
      read_at as at, read_number::float8 as number, account_sealed as account, account_digest as of from staged_user
    where run = ${run} and target = ${target} and pos >= ${batch.from} and pos < ${batch.to} and state = 'matched'
    order by pos`.execute(ledger.db);
  return rows.map(({ sealed, account, of, at, number, ...row }) => ({
    ...row,
    read: { at, number },
    target,
    ...mappedOf(ledger, { run, target, person: row.person }, sealed),
    account: openAccount(ledger, target, { digest: of, sealed: account }),
  }));
};

/** The match steps of the one candidate of a run of one person; null where nobody is staged at this target. */
export const matchStepsOf = async (
  ledger: Ledger,
  run: string,
  target: string,
): Promise<readonly MatchStep[] | null> => {
  const { rows } = await sql<{ person: SourceId; sealed: Buffer }>`select person, desired_sealed as sealed
    from staged_user
    where run = ${run} and target = ${target} and state = 'staged' order by pos limit 1`.execute(ledger.db);
  const row = rows[0];
  return row === undefined ? null : mappedOf(ledger, { run, target, person: row.person }, row.sealed).match;
};

/**
 * The usernames of candidates from a position on whom the listing of this run does not show. Whoever had no account in
 * the last run of everybody either is asked for again once a week only, spread over its days.
 */
export const unlistedUsernames = async (
  ledger: Ledger,
  run: { readonly id: string; readonly connector: string },
  target: LinkedTarget,
  from: number,
  limit: number,
): Promise<readonly { readonly pos: number; readonly usernames: readonly string[] }[]> => {
  const { rows } = await sql<{ pos: number; person: SourceId; sealed: Buffer }>`select s.pos, s.person,
      desired_sealed as sealed
    ${unlinked(run.id, target)} and s.pos >= ${from}
    and not exists (select 1 from staged_key k
      join account_key a on a.run = k.run and a.target = k.target and a.key_digest = k.digest
      where k.run = s.run and k.target = s.target and k.pos = s.pos)
    and ((hashtext(s.person) & 2147483647) % 7 = extract(doy from now())::integer % 7
      or not exists (select 1 from outcome o where o.run in ${sinceLastFullPlan(run)}
        and o.target = s.target and o.person = s.person and o.reason = 'noAccount'))
    order by s.pos limit ${limit}`.execute(ledger.db);
  return rows.map(({ pos, person, sealed }) => {
    const { match } = mappedOf(ledger, { run: run.id, target: target.id, person }, sealed);
    const steps = match.filter(({ by }) => by === 'username');
    return { pos, usernames: steps.flatMap(({ values }) => values) };
  });
};

/** How many candidates at this target have no link yet. */
export const countUnlinked = async (ledger: Ledger, run: string, target: LinkedTarget): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::integer as count ${unlinked(run, target)}`.execute(
    ledger.db,
  );
  return rows[0]?.count ?? 0;
};

/** Ends what is left of a batch that cannot be worked on, or of the whole run: each open candidate gets this outcome. */
export const settleOpenUsers = async (
  ledger: Ledger,
  run: string,
  target: string | null,
  batch: Batch | null,
  end: Reason & { readonly outcome: 'failed' | 'skipped' },
): Promise<void> => {
  await sql`with open as (
      update staged_user set state = 'settled'
      where run = ${run} and (${target}::text is null or target = ${target}) and state in ('staged', 'matched')
        and (${batch?.from ?? null}::integer is null or (pos >= ${batch?.from ?? 0} and pos < ${batch?.to ?? 0}))
      returning target, person)
    insert into outcome (run, target, person, outcome, reason, facts)
    select ${run}, target, person, ${end.outcome}, ${end.reason}, ${keptFacts.text(end.facts ?? {})}::jsonb from open
    on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason,
      facts = excluded.facts`.execute(ledger.db);
};

/** How many people of a run, counted per target, have no end yet or a change that is neither written nor given up. */
export const unsettled = async (ledger: Ledger, run: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::integer as count from (
      select target, person from staged_user where run = ${run} and state in ('staged', 'matched')
      union select target, person from change where run = ${run}
        and (status = 'planned' or (status = 'begun' and reason is null))) left_over`.execute(ledger.db);
  return rows[0]?.count ?? 0;
};

/** What only a run itself needs while it goes on, beside the people it staged. */
export const workingTables = [
  'staged_key',
  'account_key',
  'account',
  'account_page',
  'member_page',
  'run_member',
  'run_person',
  'run_name',
] as const;

/** Removes what only the run itself needed; its plan, outcomes and chain of pages stay. */
export const pruneStaging = async (ledger: Ledger, run: string): Promise<void> => {
  for (const table of workingTables) {
    await sql`delete from ${sql.table(table)} where run = ${run}`.execute(ledger.db);
  }
};

const unlinked = (run: string, target: LinkedTarget) => sql`from staged_user s join run r on r.id = s.run
  where s.run = ${run} and s.target = ${target.id} and s.state = 'staged'
    and not exists (select 1 from manual_link m
      where m.connector = r.connector and m.target = s.target and m.person = s.person)
    and not exists (select 1 from profile p
      where p.connector = r.connector and p.target = s.target and p.person = s.person and ${holds(target)})`;

const mappedOf = (
  ledger: Ledger,
  at: SealedRow<'desired'>,
  sealed: Buffer,
): Pick<NewStagedUser, 'desired' | 'rows' | 'match'> => {
  const { desired, rows, match } = keptMapped.read(unseal(ledger, 'desired', at, sealed));
  return { desired: new Map(desired), rows: new Map(rows), match };
};
