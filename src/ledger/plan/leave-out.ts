import { sql } from 'kysely';
import { Failure } from '../../core/failure.ts';
import { sentenceOf } from '../../core/report/reasons.ts';
import type { Ledger } from '../open.ts';
import { leaveRest } from './take-out.ts';

/** A part of a plan: an attribute, a whole target, or one attribute of one target. */
type Part = { readonly target?: string; readonly attribute?: string };

/**
 * Removes parts from a plan for good. Throws `config` for a part that the plan does not have, and when nothing would be
 * left. To be called in the transaction that approves the rest.
 */
export const leaveOut = async (ledger: Ledger, run: string, parts: readonly Part[], who: string): Promise<void> => {
  const facts = { who };
  const { rows } = await sql<{ part: number; changes: number }>`with parts as (
      select * from unnest(${parts.map((_, at) => at)}::integer[], ${parts.map(({ target }) => target ?? null)}::text[],
        ${parts.map(({ attribute }) => attribute ?? null)}::text[]) p(part, target, attribute)),
    left_out as (
      update change c set status = 'leftOut', reason = ${sentenceOf('leftOut', facts)}, decided_at = now()
      where c.run = ${run} and c.status = 'planned' and exists (select 1 from parts p
        where coalesce(p.target, c.target) = c.target and coalesce(p.attribute, c.attribute) = c.attribute)
      returning c.target, c.attribute)
    select p.part, count(o.target)::integer as changes from parts p left join left_out o
      on coalesce(p.target, o.target) = o.target and coalesce(p.attribute, o.attribute) = o.attribute
    group by p.part order by p.part`.execute(ledger.db);
  const missing = rows.find(({ changes }) => changes === 0);
  if (missing !== undefined) {
    const { target, attribute } = parts[missing.part] ?? {};
    const named = [attribute, target === undefined ? undefined : `at ${target}`].filter((part) => part !== undefined);
    throw new Failure('config', `The plan has nothing for ${named.join(' ')} to leave out.`, {
      remedy: `\`attune plan ${run}\` lists its attributes.`,
    });
  }
  const { rows: rest } = await sql`select 1 from change where run = ${run} and status in ('planned', 'begun')
    limit 1`.execute(ledger.db);
  if (rest.length === 0) {
    throw new Failure('config', 'That leaves nothing in the plan to apply.', {
      remedy: `Reject it with \`attune reject ${run}\`.`,
    });
  }
  await leaveRest(ledger, run, sql`select target, pos from change where run = ${run} and status = 'leftOut'`, {
    reason: 'leftOut',
    facts,
  });
};
