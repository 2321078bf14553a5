import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/** Who asks for part of a target's load limit, and how much of it. A `single` person comes before everybody else. */
export type SlotRequest = {
  readonly want: number;
  readonly inFlight: number;
  readonly holder: string;
  readonly single: boolean;
  readonly seconds: number;
};

/** How long a single person who found no slot counts as waiting, unless asked for again. */
const waitSeconds = 2;

/**
 * Takes up to `want` of a target's slots for a while and says how many; none when all are taken. Never more than
 * `inFlight` are out at once, whatever the number of workers: a slot has one holder, two who ask at once ask for the
 * same ones, and what was leased under an earlier, higher limit counts too. A run of one person that finds none waits
 * from then on, and freed slots are kept for those that wait.
 */
export const acquireSlots = async (ledger: Ledger, target: string, request: SlotRequest): Promise<number> => {
  const { rows } = await sql<{ taken: number }>`with live as materialized (
      select slot from target_slot where target = ${target} and expires_at > clock_timestamp()),
    room as (
      select greatest(0, least(${request.want}::integer, ${request.inFlight}::integer
        - (select count(*)::integer from live)
        - case when ${request.single} then 0 else (select count(*)::integer from slot_wait
            where target = ${target} and expires_at > clock_timestamp()) end)) as slots),
    free as (
      select slot from generate_series(0, ${request.inFlight - 1}::integer) slot
      where slot not in (select slot from live) order by slot limit (select slots from room)),
    taken as (
      insert into target_slot as s (target, slot, holder, expires_at)
      select ${target}, slot, ${request.holder}, clock_timestamp() + make_interval(secs => ${request.seconds}) from free
      on conflict (target, slot) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where s.expires_at <= clock_timestamp()
      returning slot),
    served as (
      delete from slot_wait where target = ${target} and holder = ${request.holder} and exists (select 1 from taken)),
    waiting as (
      insert into slot_wait (target, holder, expires_at)
      select ${target}, ${request.holder}, clock_timestamp() + make_interval(secs => ${waitSeconds})
      where ${request.single} and not exists (select 1 from taken)
      on conflict (target, holder) do update set expires_at = excluded.expires_at)
    select count(*)::integer as taken from taken`.execute(ledger.db);
  return rows[0]?.taken ?? 0;
};

/** Prolongs a lease and says how many slots it still holds: fewer than before mean that the rest has expired. */
export const renewSlots = async (ledger: Ledger, target: string, holder: string, seconds: number): Promise<number> => {
  const { rows } = await sql<{ held: number }>`with held as (
      update target_slot set expires_at = clock_timestamp() + make_interval(secs => ${seconds})
      where target = ${target} and holder = ${holder} and expires_at > clock_timestamp() returning slot)
    select count(*)::integer as held from held`.execute(ledger.db);
  return rows[0]?.held ?? 0;
};

/** Gives slots of a lease back before they expire: all of them, or one. */
export const releaseSlots = async (ledger: Ledger, target: string, holder: string, one = false): Promise<void> => {
  await sql`delete from target_slot where target = ${target} and holder = ${holder}
    and (not ${one} or slot = (select max(slot) from target_slot where target = ${target} and holder = ${holder}))`.execute(
    ledger.db,
  );
};

/** Waits for no slot any more. */
export const stopWaiting = async (ledger: Ledger, target: string, holder: string): Promise<void> => {
  await sql`delete from slot_wait where target = ${target} and holder = ${holder}`.execute(ledger.db);
};

/** How many runs of one person wait for a slot of a target. */
export const waitingAt = async (ledger: Ledger, target: string): Promise<number> => {
  const { rows } = await sql<{ waiting: number }>`select count(*)::integer as waiting from slot_wait
    where target = ${target} and expires_at > clock_timestamp()`.execute(ledger.db);
  return rows[0]?.waiting ?? 0;
};
