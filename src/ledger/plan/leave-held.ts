import { sql } from 'kysely';
import type { Ledger } from '../open.ts';
import type { Run } from '../runs/runs.ts';
import { leaveRest } from './take-out.ts';

/** Whether run `r` is the part of an earlier run that is held until somebody decides. */
const isHeld = sql`(h.status = 'planned' and r.held_from is not null
  and (r.status = 'approved' or (r.status = 'awaitingApproval' and r.plan_expires_at > now())))`;

/** Whether change `h` was left out by decision, and no run of everybody was carried out since. */
const isLeftOut = sql`(h.status = 'leftOut' and r.status in ('approved', 'done', 'doneWithFailures')
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
  const { rows } = await sql<Row>`delete from change c using change h join run r on r.id = h.run
    where c.run = ${run.id} and c.status = 'planned' and r.connector = ${run.connector} and r.id <> ${run.id}
      and r.held_from is distinct from ${run.id} and r.version = ${run.version} and (${isHeld} or ${isLeftOut})
      and h.target = c.target and h.person = c.person and h.attribute = c.attribute
    returning c.target, c.pos, h.run as owner, h.status, (select d.who from decision d where d.run = h.run
      order by d.id desc limit 1) as who`.execute(ledger.db);
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
