import { sql } from 'kysely';
import type { Ledger } from '../open.ts';
import type { Run } from '../runs/runs.ts';
import { leaveRest } from './take-out.ts';

/** Whether run `r` is the part of an earlier run that is held until somebody decides. */
const isHeld = sql`(r.held_from is not null
  and (r.status = 'approved' or (r.status = 'awaitingApproval' and r.plan_expires_at > now())))`;

/** Whether run `r` was approved without a part, and no run of everybody was carried out since. */
const isWithout = sql`(r.status in ('approved', 'done', 'doneWithFailures')
  and exists (select 1 from decision d where d.run = r.id and d.decision = 'approved'
    and jsonb_array_length(coalesce(d.without, '[]')) > 0)
  and not exists (select 1 from run f where f.connector = r.connector and f.person is null and f.mode <> 'delta'
    and f.retry_of is null and f.held_from is null and f.status in ('done', 'doneWithFailures')
    and f.started_at > r.started_at))`;

/**
 * Takes out of a plan what a held part of an earlier run owns until somebody has decided, and what was left out by
 * decision: an increment that comes to a few of its people for another reason would write it by and by, a little below
 * every threshold at a time. A plan by another version of the document owns nothing: the mapping may have been mended
 * since.
 */
export const leaveHeld = async (ledger: Ledger, run: Pick<Run, 'id' | 'connector' | 'version'>): Promise<void> => {
  type Row = { target: string; pos: number; owner: string; status: string; who: string | null };
  // Few runs own anything: they are found first, and not looked for change by change.
  const { rows } = await sql<Row>`with owner as materialized (
      select r.id, case when ${isHeld} then 'planned' else 'leftOut' end as status,
        (select d.who from decision d where d.run = r.id order by d.id desc limit 1) as who
      from run r where r.connector = ${run.connector} and r.id <> ${run.id}
        and r.held_from is distinct from ${run.id} and r.version = ${run.version} and (${isHeld} or ${isWithout}))
    delete from change c using owner r join change h on h.run = r.id and h.status = r.status
    where c.run = ${run.id} and c.status = 'planned'
      and h.target = c.target and h.person = c.person and h.attribute = c.attribute
    returning c.target, c.pos, r.id as owner, r.status, r.who`.execute(ledger.db);
  for (const all of Map.groupBy(rows, ({ owner, status }) => JSON.stringify([owner, status])).values()) {
    const people = sql`select * from unnest(${all.map(({ target }) => target)}::text[],
      ${all.map(({ pos }) => pos)}::integer[])`;
    const [{ owner, status, who } = { owner: '', status: '', who: null }] = all;
    const why =
      status === 'leftOut'
        ? ({ reason: 'leftOut', facts: who === null ? {} : { who } } as const)
        : ({ reason: 'held', facts: { run: owner } } as const);
    await leaveRest(ledger, run.id, people, why);
  }
};
