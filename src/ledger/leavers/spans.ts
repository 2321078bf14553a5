import { sql } from 'kysely';
import type { LeaverSpans } from '../../core/people/leavers.ts';

/** When the span of leaver `l` is over, by the database's clock; null where its values are kept. */
export const spanEnd = (spans: LeaverSpans) => sql`l.since + make_interval(secs => case l.kind
  when 'disabled' then ${spans.disabled}::float8 when 'outOfScope' then ${spans.outOfScope}::float8
  when 'deleted' then ${spans.deleted}::float8 end)`;

/** Whether the span of leaver `l` is over and nothing has been cleared yet. */
export const isDue = (spans: LeaverSpans) =>
  sql`(l.cleared_at is null and coalesce(${spanEnd(spans)} <= now(), false))`;
