import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { byNeed, type Outcome } from '../../core/report/outcome.ts';
import type { Reason, ReasonFacts } from '../../core/report/reasons.ts';
import type { ReasonCount } from '../../core/report/report.ts';
import type { SourceId } from '../../core/values.ts';
import { keptJson } from '../kept-json.ts';
import type { Ledger } from '../open.ts';
import { sinceLastFullPlan } from './reference-run.ts';

/** One user's end at one target, with the reason; an unchanged user has no row. */
export type NewOutcome = Reason & {
  readonly target: string;
  readonly person: SourceId;
  readonly outcome: Exclude<Outcome, 'unchanged'>;
};

/** An outcome as it is kept: the code may be one of another release. */
export type KeptOutcome = Omit<NewOutcome, 'reason'> & { readonly reason: string; readonly facts: ReasonFacts };

const texts = z.array(z.string()).exactOptional();
const text = z.string().exactOptional();

/** The facts of a reason as the ledger keeps them; what a later release adds is left out. */
export const keptFacts = keptJson<ReasonFacts>(
  'the facts of an outcome',
  z.object({
    attributes: texts,
    connector: text,
    scope: text,
    status: text,
    people: texts,
    said: text,
    run: text,
    who: text,
    until: text,
  }),
);

/** The facts of an outcome as they are kept; null without any. */
export const factsText = ({ facts }: Reason): string | null => (facts === undefined ? null : keptFacts.text(facts));

/** Stores outcomes; a later one of the same user and target replaces the earlier. */
export const insertOutcomes = async (
  ledger: Pick<Ledger, 'db'>,
  run: string,
  outcomes: readonly NewOutcome[],
): Promise<void> => {
  if (outcomes.length === 0) return;
  await sql`insert into outcome (run, target, person, outcome, reason, facts)
    select ${run}, t.* from unnest(${outcomes.map((o) => o.target)}::text[], ${outcomes.map((o) => o.person)}::text[],
      ${outcomes.map((o) => o.outcome)}::text[], ${outcomes.map((o) => o.reason)}::text[],
      ${outcomes.map(factsText)}::jsonb[]) t
    on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason,
      facts = excluded.facts`.execute(ledger.db);
};

/** Other connectors that keep attributes a connector maps too, with how many of its people they had lately. */
export const keptElsewhere = async (
  ledger: Ledger,
  connector: string,
  target: string,
): Promise<readonly { readonly keeper: string; readonly people: number }[]> => {
  const { rows } = await sql<{ keeper: string; people: number }>`select o.facts ->> 'connector' as keeper,
      count(distinct o.person)::integer as people
    from outcome o where o.run in ${sinceLastFullPlan({ id: null, connector })} and o.target = ${target}
      and o.reason in ('ownedBy', 'planned') and o.facts ->> 'connector' is not null
    group by 1 order by 1`.execute(ledger.db);
  return rows;
};

/** The key of the last outcome before a page, in the order of a listing. */
export type OutcomeKey = Pick<KeptOutcome, 'outcome' | 'target' | 'person'>;

/** The outcomes of a run after `after`, those that need attention first, in a stable order. */
export const listOutcomes = async (
  ledger: Ledger,
  run: string,
  page: {
    after: OutcomeKey | null;
    limit: number;
    target: string | null;
    outcome: string | null;
    reason?: string | null;
  },
): Promise<KeptOutcome[]> => {
  const { after } = page;
  type Row = Omit<KeptOutcome, 'facts'> & { facts: unknown };
  const { rows } = await sql<Row>`select target, person, outcome, reason, facts from every_outcome
    where run = ${run} and (${page.target}::text is null or target = ${page.target})
      and (${page.outcome}::text is null or outcome = ${page.outcome})
      and (${page.reason ?? null}::text is null or reason = ${page.reason ?? null})
      and (${after === null} or (${need(sql`outcome`)}, target, person)
        > (${need(sql`${after?.outcome ?? ''}::text`)}, ${after?.target ?? ''}, ${after?.person ?? ''}))
    order by ${need(sql`outcome`)}, target, person limit ${page.limit}`.execute(ledger.db);
  return rows.map((row) => ({ ...row, facts: row.facts === null ? {} : keptFacts.of(row.facts) }));
};

/** How many people of a run ended at a target in one way for one reason. */
export type TargetReasonCount = ReasonCount & { readonly target: string };

/** Why people of a run ended as they did, those that need somebody first, the commonest of them first. */
export const reasonCounts = async (ledger: Ledger, run: string): Promise<TargetReasonCount[]> => {
  const { rows } = await sql<TargetReasonCount>`select target, outcome, reason,
      mode() within group (order by facts ->> 'said') as said, count(*)::integer as people from outcome
    where run = ${run} group by target, outcome, reason
    order by ${need(sql`outcome`)}, people desc, target, reason`.execute(ledger.db);
  return rows;
};

/** The place of an outcome in the order of need; one that this release does not know comes first. */
const need = (outcome: RawBuilder<unknown>) => sql`coalesce(array_position(${[...byNeed]}::text[], ${outcome}), 0)`;
