import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import { type ParityCount, type Standing, standings } from '../../core/report/parity.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';

/** One attribute of an account as it was when it was read. */
export type Stood = { readonly attribute: AttributeId; readonly standing: Standing };

/** How many people are named as examples of a standing. */
const mostExamples = 5;

/**
 * The part of a statement that counts how the accounts of the planned people compared, once each; `stored` gives their
 * positions and ids. Rows are locked in one order, so that batches of a target never deadlock.
 */
export const countStood = (
  run: string,
  target: string,
  stood: readonly { readonly pos: number; readonly stood: Stood }[],
) => sql`insert into parity as p (run, target, attribute, standing, people, examples)
  select ${run}, ${target}, t.attribute, t.standing, count(*)::integer,
    (array_agg(s.person order by s.person))[1:${mostExamples}]
  from unnest(${stood.map(({ pos }) => pos)}::integer[], ${stood.map((one) => one.stood.attribute)}::text[],
    ${stood.map((one) => one.stood.standing)}::text[]) t(pos, attribute, standing)
  join stored s on s.pos = t.pos group by t.attribute, t.standing order by t.attribute, t.standing
  on conflict (run, target, attribute, standing) do update set people = p.people + excluded.people,
    examples = (p.examples || excluded.examples)[1:${mostExamples}]`;

/** How many people compared in one way at an attribute of a target, and some of them by id. */
export type ListedStanding = Stood & {
  readonly target: string;
  readonly people: number;
  readonly examples: readonly SourceId[];
};

/** How what a run read at its targets compares with the directory. */
export const listStandings = async (ledger: Ledger, run: string): Promise<readonly ListedStanding[]> => {
  const { rows } = await sql<ListedStanding>`select target, attribute, standing, people, examples from parity
    where run = ${run} order by target, attribute, array_position(${[...standings]}::text[], standing)`.execute(
    ledger.db,
  );
  return rows;
};

/** The same in counts only, by target. */
export const parityCounts = async (
  ledger: Ledger,
  run: string,
): Promise<ReadonlyMap<string, readonly ParityCount[]>> => {
  const counts = new Map<string, Map<AttributeId, ParityCount>>();
  for (const { target, attribute, standing, people } of await listStandings(ledger, run)) {
    const ofTarget = counts.get(target) ?? new Map<AttributeId, ParityCount>();
    counts.set(target, ofTarget);
    const none = { attribute, equal: 0, alike: 0, different: 0, missing: 0, extra: 0 };
    ofTarget.set(attribute, { ...none, ...ofTarget.get(attribute), [standing]: people });
  }
  return new Map([...counts].map(([target, ofTarget]) => [target, [...ofTarget.values()]]));
};
