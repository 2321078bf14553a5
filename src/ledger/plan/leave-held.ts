import { sql } from 'kysely';
import type { Ledger } from '../open.ts';
import { readFromStart } from '../runs/reference-run.ts';
import type { Run } from '../runs/runs.ts';
import { leaveRest } from './take-out.ts';

/** Whether the plan of run `r` can still be decided over, or waits for its turn. */
const waits = sql`(r.status = 'approved'
  or (r.status in ('awaitingApproval', 'planned') and r.plan_expires_at > now()))`;

/** Whether run `r` was approved without a part, and no run of everybody was carried out since. */
const isWithout = sql`(r.status in ('approved', 'done', 'doneWithFailures')
  and exists (select 1 from decision d where d.run = r.id and d.decision = 'approved'
    and jsonb_array_length(coalesce(d.without, '[]')) > 0)
  and not exists (select 1 from run f where f.connector = r.connector and f.person is null and f.mode <> 'delta'
    and f.retry_of is null and f.held_from is null and f.status in ('done', 'doneWithFailures')
    and f.started_at > r.started_at))`;

/**
 * Takes out of a plan what a held part of an earlier run owns until somebody has decided, the attributes at fault of a
 * plan that is held as a whole, and what was left out by decision: an increment that comes to a few of its people for
 * another reason would write it by and by, a little below every threshold at a time. A plan by another version of the
 * document owns nothing: the mapping may have been mended since. An increment that began at the start is judged as a
 * whole, like the plan that is held, and replaces other increments.
 */
export const leaveHeld = async (
  ledger: Ledger,
  run: Pick<Run, 'id' | 'connector' | 'version' | 'retryOf'>,
): Promise<void> => {
  type Row = { target: string; pos: number; owner: string; status: string; who: string | null };
  const isLeft = sql`(r.mode <> 'delta' or ${run.retryOf}::text is not null)
    and not exists (select 1 from run e where e.id = ${run.id} and ${readFromStart})`;
  const others = sql`r.connector = ${run.connector} and r.id <> ${run.id}
    and r.held_from is distinct from ${run.id} and r.version = ${run.version}`;
  // Few runs own anything: they are found first, and not looked for change by change. Null attributes are all of them.
  const { rows } = await sql<Row>`with owner as materialized (
      select r.id, 'planned' as status, null as who,
        case when r.held_from is null then r.guard -> 'atFault' end as attributes
      from run r where ${others} and ${waits}
        and (r.held_from is not null or (r.guard -> 'atFault' is not null and ${isLeft}))
      union all
      select r.id, 'leftOut', (select d.who from decision d where d.run = r.id order by d.id desc limit 1), null
      from run r where ${others} and ${isWithout})
    delete from change c using owner r join change h on h.run = r.id and h.status = r.status
    where c.run = ${run.id} and c.status = 'planned'
      and h.target = c.target and h.person = c.person and h.attribute = c.attribute
      and (r.attributes is null or r.attributes @> jsonb_build_array(
        jsonb_build_object('target', c.target, 'attribute', c.attribute)))
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
