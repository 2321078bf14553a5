import { sql } from 'kysely';
import type { CallKind } from '../../core/call.ts';
import type { Ledger } from '../open.ts';

/** How many of a target's slots are taken now, and how many single people wait for one. */
export type SlotUse = { readonly target: string; readonly used: number; readonly waiting: number };

/** The slots in use at each target that has any. */
export const slotUse = async (ledger: Ledger): Promise<readonly SlotUse[]> => {
  const { rows } = await sql<SlotUse>`select target, sum(used)::integer as used, sum(waiting)::integer as waiting from (
      select target, count(*) as used, 0 as waiting from target_slot where expires_at > clock_timestamp() group by target
      union all
      select target, 0, count(*) from slot_wait where expires_at > clock_timestamp() group by target) load
    group by target order by target`.execute(ledger.db);
  return rows;
};

/** The requests a target got by runs begun since a moment, by what they were for. */
export type TargetRequests = Readonly<Record<CallKind, number>> & { readonly target: string };

/** The requests of the last hours, by target. */
export const requestsLately = async (ledger: Ledger, hours: number): Promise<readonly TargetRequests[]> => {
  const { rows } = await sql<TargetRequests>`select k.party as target, sum(k.login)::integer as login,
      sum(k.listing)::integer as listing, sum(k.read)::integer as read, sum(k.write)::integer as write
    from run r join run_calls k on k.run = r.id
    where r.started_at > now() - make_interval(hours => ${hours}) and k.party <> 'source'
    group by k.party`.execute(ledger.db);
  return rows;
};
