import { sql } from 'kysely';
import { Failure } from '../core/failure.ts';
import type { AttributeId } from '../core/profile.ts';
import { noConnector } from './connectors.ts';
import { keptOf, setNumbers } from './links/kept-sets.ts';
import { type KnownValue, knownOf, knownText } from './links/known-profile.ts';
import type { Ledger } from './open.ts';
import { seal, unseal } from './sealing/sealed.ts';

/** Where a connector's id occurs besides its own row. */
export const tablesOfConnector = [
  'connector_version',
  'run',
  'profile',
  'manual_link',
  'membership',
  'managed',
  'label',
  'account_claim',
  'left_doubt',
  'connection_check',
  'left_alone',
  'leaver',
  'notice',
  'connector_trouble',
  'running_total',
  'looked_for',
  'found_account',
  'listed',
  'failing',
  'last_read',
  'last_read_of',
] as const;

/**
 * Gives a connector another id, in the caller's transaction: its versions, runs, links and accounts go with it. Throws
 * `notFound` without the one, and `conflict` where the other is taken or a run is going on.
 */
export const renameConnector = async (ledger: Ledger, from: string, to: string): Promise<void> => {
  await mustRest(ledger, from);
  const { rows } = await sql`select 1 from connector where id = ${to}`.execute(ledger.db);
  if (rows.length > 0) {
    throw new Failure('conflict', `There is already a connector ${to}.`, {
      remedy: `Choose another id, or release the accounts of ${from} (attune connector release ${from}) and retire it.`,
    });
  }
  await sql`update connector set id = ${to} where id = ${from}`.execute(ledger.db);
  for (const table of tablesOfConnector) {
    await sql`update ${sql.table(table)} set connector = ${to} where connector = ${from}`.execute(ledger.db);
  }
  await sql`update connector_version set definition = jsonb_set(definition, '{connector,id}', to_jsonb(${to}::text))
    where connector = ${to}`.execute(ledger.db);
  // The place in the provider's changes is sealed under the connector's id: the next increment reads everybody once.
  await sql`delete from watermark where connector = ${from}`.execute(ledger.db);
};

/** Takes a connector out of use: it starts no more runs and owns no accounts; its runs and reports stay. */
export const retireConnector = async (ledger: Ledger, connector: string): Promise<void> => {
  await mustRest(ledger, connector);
  await sql`update connector set retired_at = now() where id = ${connector}`.execute(ledger.db);
};

/** What a connector releases: at all targets or one, in all attributes or one. */
export type Released = { readonly target: string | null; readonly attribute: AttributeId | null };

/** How many profiles are worked on between two statements. */
const pageSize = 500;

/**
 * Gives accounts free: what the connector wrote or adopted there is nobody's from now on, and whichever connector writes or
 * finds it next keeps it. Says in how many accounts something was given free.
 */
export const releaseAccounts = async (
  ledger: Ledger,
  connector: string,
  { target, attribute }: Released,
): Promise<number> => {
  await mustRest(ledger, connector);
  let freed = 0;
  let after = { target: '', person: '' };
  for (;;) {
    const { rows } = await sql<{ target: string; person: string; sealed: Buffer }>`select target, person,
        values_sealed as sealed from profile
      where connector = ${connector} and values_sealed is not null and (${target}::text is null or target = ${target})
        and (target, person) > (${after.target}, ${after.person})
      order by target, person limit ${pageSize}`.execute(ledger.db);
    const changed = rows.flatMap((row) => {
      const values = knownOf(unseal(ledger, 'values', { target: row.target, person: row.person }, row.sealed));
      const isFreed = ([one, { ours }]: [AttributeId, KnownValue]): boolean =>
        ours && (attribute === null || one === attribute);
      if (![...values].some(isFreed)) return [];
      // Others may write there from now on, so nothing of it counts as known.
      const left = new Map([...values].filter((one) => !isFreed(one)));
      return [{ ...row, left }];
    });
    const sets = await setNumbers(
      ledger,
      changed.map(({ left }) => keptOf(left)),
    );
    await sql`with freed as (
        update profile p set values_sealed = t.values, kept_set = t.kept, digest = null
        from unnest(${changed.map((row) => row.target)}::text[], ${changed.map((row) => row.person)}::text[],
          ${changed.map(({ left, ...row }) => seal(ledger, 'values', row, knownText(left)))}::bytea[],
          ${sets}::integer[]) t(target, person, values, kept)
        where p.connector = ${connector} and p.target = t.target and p.person = t.person
        returning p.target, p.account_digest)
      update account_claim c set turn = nextval('claim_turn') from freed f
      where c.target = f.target and c.account_digest = f.account_digest`.execute(ledger.db);
    freed += changed.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return freed;
    after = last;
  }
};

/** Throws `notFound` without such a connector, and `conflict` while a run of it is going on. */
const mustRest = async (ledger: Ledger, connector: string): Promise<void> => {
  const { rows } = await sql<{ run: string | null }>`select (select min(r.id) from run r
    where r.connector = c.id and r.status = 'running') as run from connector c where c.id = ${connector}`.execute(
    ledger.db,
  );
  const row = rows[0];
  if (row === undefined) throw noConnector(connector);
  if (row.run === null) return;
  throw new Failure('conflict', `Run ${row.run} of ${connector} is in progress.`, {
    remedy: `Wait until it ends, or cancel it with \`attune cancel ${row.run}\`.`,
  });
};
