import { sql } from 'kysely';
import { standardRetentionDays } from '../core/retention.ts';
import { measuredSince } from './runs/reference-run.ts';

/** The connectors `p` that have runs: how long each keeps them, and since when they are needed whatever their age. */
export const policies = sql`(select n.connector, ${measuredSince(sql`n.connector`)} as since,
    coalesce((select make_interval(days => rtrim(v.definition #>> '{connector,retention}', 'd')::integer)
      from connector c join connector_version v on v.connector = c.id and v.version = c.current_version
      where c.id = n.connector), make_interval(days => ${standardRetentionDays})) as keep
  from (select distinct connector from run) n)`;

/** Since when run `r` has been over, as far as its age goes. */
export const overSince = sql`coalesce(r.finished_at, r.started_at)`;

/**
 * Whether something still refers to run `r` of policy `p`: it is running or waits for its turn, its plan can still be
 * decided on, later runs are compared with it, the next increment continues from it, it has the connector's lock, or an
 * account is in doubt because of it (the values of a doubt are those of its changes).
 */
export const isNeeded = sql`(r.status in ('running', 'approved')
  or (r.status in ('awaitingApproval', 'planned') and r.plan_expires_at > now())
  or (r.person is null and r.started_at >= p.since)
  or exists (select 1 from watermark w where w.run = r.id)
  or exists (select 1 from run_lock l where l.run = r.id)
  or exists (select 1 from doubt d where d.run = r.id))`;

/** Whether later runs may be measured by run `r`: it read everybody and was carried out or approved. */
export const isMeasure = sql`(r.person is null and r.mode <> 'delta' and (r.report #>> '{read,complete}')::boolean
  and (r.status in ('done', 'doneWithFailures') or r.approved_at is not null))`;
