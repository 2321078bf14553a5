import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/** Who asks for part of a target's load limit, and how much of it. A `single` user may take the slot kept free for them. */
export type SlotRequest = {
  readonly want: number;
  readonly inFlight: number;
  readonly holder: string;
  readonly single: boolean;
  readonly seconds: number;
};

/**
 * Takes up to `want` of a target's slots for a while and says how many; none when all are taken. Never more than
 * `inFlight` are out at once, whatever the number of workers: askers of one target wait for one another here, and what
 * was leased under an earlier, higher limit counts too. One slot stays free for single users.
 */
export const acquireSlots = async (ledger: Ledger, target: string, request: SlotRequest): Promise<number> =>
  ledger.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`target_slot ${target}`}, 0))`.execute(trx);
    const first = request.single || request.inFlight === 1 ? 0 : 1;
    const { rows } = await sql`with live as (
        select slot from target_slot where target = ${target} and expires_at > clock_timestamp()),
      room as (
        select greatest(0, least(${request.want}::integer, ${request.inFlight - first}::integer
          - (select count(*)::integer from live where slot >= ${first}))) as slots),
      free as (
        select slot from generate_series(${first}::integer, ${request.inFlight - 1}::integer) slot
        where slot not in (select slot from live) order by slot limit (select slots from room))
      insert into target_slot (target, slot, holder, expires_at)
      select ${target}, slot, ${request.holder}, clock_timestamp() + make_interval(secs => ${request.seconds}) from free
      on conflict (target, slot) do update set holder = excluded.holder, expires_at = excluded.expires_at
      returning slot`.execute(trx);
    return rows.length;
  });

/** Prolongs a lease and says how many slots are still held: fewer than before means that the rest has expired. */
export const renewSlots = async (ledger: Ledger, target: string, holder: string, seconds: number): Promise<number> => {
  const { rows } = await sql`update target_slot
    set expires_at = clock_timestamp() + make_interval(secs => ${seconds})
    where target = ${target} and holder = ${holder} and expires_at > clock_timestamp() returning slot`.execute(
    ledger.db,
  );
  return rows.length;
};

/** Gives a lease back before it expires. */
export const releaseSlots = async (ledger: Ledger, target: string, holder: string): Promise<void> => {
  await sql`delete from target_slot where target = ${target} and holder = ${holder}`.execute(ledger.db);
};
