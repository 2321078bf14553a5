import { sql } from 'kysely';
import { z } from 'zod';
import type { Batch } from '../../core/batch.ts';
import { foldKey, type MatchStep } from '../../core/people/match.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { AttributeId, Desired, DesiredProfile } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import { keptAttribute, keptJson } from '../kept-json.ts';
import { matchDigest, openAccount } from '../links/accounts.ts';
import type { Ledger } from '../open.ts';
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
export type StagedUser = NewStagedUser & {
  readonly account: string;
  /** Whether the account may still give way to another one: it was not linked by hand, nor looked for again already. */
  readonly looksAgain: boolean;
  /** Whether this run's own listing of everybody does not show the account: what is known of it is not to be trusted. */
  readonly unlisted: boolean;
};

/** The result of the mapping, as a staged user keeps it: entries of maps, and the match steps. */
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

/** Stores candidates with the keyed hashes of their match keys, so that matching is a join. */
export const insertStagedUsers = async (
  ledger: Ledger,
  run: string,
  users: readonly NewStagedUser[],
): Promise<void> => {
  if (users.length === 0) return;
  await sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at, read_number)
    select ${run}, t.* from unnest(${users.map((u) => u.target)}::text[], ${users.map((u) => u.pos)}::integer[],
      ${users.map((u) => u.person)}::text[], ${users.map((u) => sealMapped(ledger, run, u))}::bytea[], ${users.map((u) => u.digest)}::bytea[],
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

/** The result of the mapping for a person, as it is kept for a run. */
export const sealMapped = (
  ledger: Pick<Ledger, 'keyring'>,
  run: string,
  { target, person, desired, rows, match }: Pick<NewStagedUser, 'target' | 'person' | 'desired' | 'rows' | 'match'>,
): Buffer =>
  seal(ledger, 'desired', { run, target, person }, keptMapped.text({ desired: [...desired], rows: [...rows], match }));

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
    looksAgain: boolean;
    unlisted: boolean;
  };
  const { rows } = await sql<Row>`select pos, person, desired_sealed as sealed, digest, read_at as at,
      read_number::float8 as number, account_sealed as account, account_digest as of,
      not by_hand and not link_gone as "looksAgain",
      exists (select 1 from account_page g where g.run = s.run and g.target = s.target and g.everybody
          and g.next_sealed is null)
        and not exists (select 1 from account a
          where a.run = s.run and a.target = s.target and a.digest = s.account_digest) as unlisted
    from staged_user s
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

/** What only a run itself needs while it is running, besides the people it staged. */
export const workingTables = [
  'staged_key',
  'account_key',
  'account',
  'account_page',
  'member_page',
  'run_member',
  'run_person',
  'run_name',
  'run_leaver',
] as const;

/** Removes what only the run itself needed; its plan, outcomes and chain of pages stay. */
export const pruneStaging = async (ledger: Ledger, run: string): Promise<void> => {
  for (const table of workingTables) {
    await sql`delete from ${sql.table(table)} where run = ${run}`.execute(ledger.db);
  }
};

/** The result of the mapping for a staged user, opened. */
export const mappedOf = (
  ledger: Ledger,
  at: SealedRow<'desired'>,
  sealed: Buffer,
): Pick<NewStagedUser, 'desired' | 'rows' | 'match'> => {
  const { desired, rows, match } = keptMapped.read(unseal(ledger, 'desired', at, sealed));
  return { desired: new Map(desired), rows: new Map(rows), match };
};
