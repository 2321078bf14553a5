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
 * `inFlight` are out at once, whatever the number of workers, and what was leased under an earlier, higher limit counts
 * too: of two askers who see the same slot free one gets it, and the free ones are always taken from the lowest up. It is
 * one statement, so an asker that stands still keeps nobody else waiting. One slot stays free for single users.
 */
export const acquireSlots = async (ledger: Ledger, target: string, request: SlotRequest): Promise<number> => {
  for (let attempt = 1; ; attempt += 1) {
    const { room, taken } = await takeSlots(ledger, target, request);
    // Others were faster at all the slots that were free a moment ago: there may be more.
    if (taken > 0 || room === 0 || attempt === 5) return taken;
  }
};

const takeSlots = async (
  ledger: Ledger,
  target: string,
  request: SlotRequest,
): Promise<{ room: number; taken: number }> => {
  const first = request.single || request.inFlight === 1 ? 0 : 1;
  const { rows } = await sql<{ room: number; taken: number }>`with live as (
      select slot from target_slot where target = ${target} and expires_at > clock_timestamp()),
    room as (
      select greatest(0, least(${request.want}::integer, ${request.inFlight - first}::integer
        - (select count(*)::integer from live where slot >= ${first}))) as slots),
    free as (
      select slot from generate_series(${first}::integer, ${request.inFlight - 1}::integer) slot
      where slot not in (select slot from live) order by slot limit (select slots from room)),
    taken as (
      insert into target_slot as t (target, slot, holder, expires_at)
      select ${target}, slot, ${request.holder}, clock_timestamp() + make_interval(secs => ${request.seconds})
      from free order by slot
      on conflict (target, slot) do update set holder = excluded.holder, expires_at = excluded.expires_at
      where t.expires_at <= clock_timestamp()
      returning slot)
    select (select slots from room) as room, (select count(*)::integer from taken) as taken`.execute(ledger.db);
  return rows[0] ?? { room: 0, taken: 0 };
};

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
