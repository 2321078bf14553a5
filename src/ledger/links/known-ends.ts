import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { foldKey, type MatchStep } from '../../core/people/match.ts';
import { type RepeatedEnd, repeatedEnds } from '../../core/people/repeated-ends.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import type { NewStagedUser } from '../plan/staging.ts';
import type { NewOutcome } from '../runs/outcomes.ts';
import { matchDigest } from './accounts.ts';
import type { LinkedTarget } from './linked-target.ts';
import { isKnownStill } from './looked-for.ts';

type RunOf = { readonly id: string; readonly connector: string };

/**
 * The ends of those candidates of whom it is known that they have no account, or none that is written: a run under the same
 * document looked for them lately, under the same keys. They need not be staged. Whoever has a link is none of them, even
 * if it is not to be trusted any more; nor is anybody in a run that verifies, retries or looks at an old plan again.
 */
export const knownEnds = async (
  ledger: Ledger,
  run: RunOf,
  candidates: readonly Pick<NewStagedUser, 'target' | 'person' | 'match'>[],
): Promise<readonly NewOutcome[]> => {
  if (candidates.length === 0) return [];
  const { rows } = await sql<{ target: string; person: SourceId; reason: RepeatedEnd }>`
    select l.target, l.person, l.ended as reason
    from unnest(${candidates.map(({ target }) => target)}::text[], ${candidates.map(({ person }) => person)}::text[],
      ${candidates.map(({ match }) => keysDigest(ledger, match))}::bytea[]) t(target, person, keys_digest)
    join run now on now.id = ${run.id} and now.mode <> 'verify' and now.person is null and now.retry_of is null
      and now.looks_for is null
    cross join lateral (select l.target, l.person, l.ended from looked_for l
      where l.connector = ${run.connector} and l.target = t.target and l.person = t.person
        and l.keys_digest = t.keys_digest and l.version = now.version
        and ${isKnownStill(sql`l.looked_at`)} offset 0) l
    where l.ended = any(${Object.keys(repeatedEnds)}::text[])
      and not exists (select 1 from manual_link m
        where m.connector = ${run.connector} and m.target = t.target and m.person = t.person)
      and not exists (select 1 from profile p where p.connector = ${run.connector} and p.target = t.target
        and p.person = t.person and p.account_digest is not null)`.execute(ledger.db);
  return rows.map((row) => ({ ...row, outcome: repeatedEnds[row.reason] }));
};

/** What the ledger makes of the keys that a candidate is staged with (`digestOfKeys`); null without any. */
const keysDigest = (ledger: Ledger, match: readonly MatchStep[]): Buffer | null => {
  const keys = match.flatMap(({ by, values }, step) =>
    values
      .filter((value) => foldKey(value) !== '')
      .map((value) => matchDigest(ledger, { by, value }))
      .sort(Buffer.compare)
      .map((digest) => ({ step, digest })),
  );
  if (keys.length === 0) return null;
  const hash = createHash('sha256');
  for (const { step, digest } of keys) hash.update(Buffer.of(step >> 8, step & 255)).update(digest);
  return hash.digest();
};

/**
 * Who ended in this run as is known of them, and claims an account that the run has found: it was not there, or led nobody
 * to it, when they were looked for. By the account, as a hexadecimal digest; empty where nobody is matched to any. All of it
 * is looked up one by one: a database that does not know yet how many people the run has would join them in a loop.
 */
export const claimedByPassedOver = async (
  { db }: Pick<Ledger, 'db'>,
  run: RunOf,
  target: LinkedTarget,
): Promise<ReadonlyMap<string, readonly SourceId[]>> => {
  const { rows } = await sql<{ person: SourceId; account: string }>`select l.person, h.account
    from looked_for l cross join lateral unnest(l.keys) key
    cross join lateral (select encode(h.account_digest, 'hex') as account from account_key h
      where h.run = ${run.id} and h.target = ${target.id} and h.key_digest = key offset 0) h
    where l.connector = ${run.connector} and l.target = ${target.id} and l.ended is not null
      and exists (select 1 from staged_user s
        where s.run = ${run.id} and s.target = ${target.id} and s.state = 'matched')
      and (select count(*) from outcome o
        where o.run = ${run.id} and o.target = ${target.id} and o.person = l.person and o.reason = l.ended) > 0
      and (select count(*) from staged_user s
        where s.run = ${run.id} and s.target = ${target.id} and s.person = l.person) = 0`.execute(db);
  const claims = new Map<string, SourceId[]>();
  for (const { person, account } of rows) claims.set(account, [...(claims.get(account) ?? []), person]);
  return claims;
};

/** Keeps that these people claim accounts that turned up: the next run looks at them as at anybody else. */
export const keepClaims = async (
  ledger: Pick<Ledger, 'db'>,
  run: RunOf,
  target: LinkedTarget,
  claims: readonly { readonly person: SourceId; readonly account: Buffer }[],
): Promise<void> => {
  if (claims.length === 0) return;
  const claimed = sql`unnest(${claims.map(({ person }) => person)}::text[],
    ${claims.map(({ account }) => account)}::bytea[]) t(person, account)`;
  await sql`update looked_for l set ended = null, keys = null from ${claimed}
    where l.connector = ${run.connector} and l.target = ${target.id} and l.person = t.person`.execute(ledger.db);
  await sql`insert into found_account (connector, target, person, account_digest, account_sealed, keys)
    select ${run.connector}, ${target.id}, t.person, a.digest, a.sealed, array(select k.key_digest from account_key k
      where k.run = ${run.id} and k.target = ${target.id} and k.account_digest = t.account)
    from ${claimed} join account a on a.run = ${run.id} and a.target = ${target.id} and a.digest = t.account
    on conflict do nothing`.execute(ledger.db);
};
