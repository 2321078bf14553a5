import { type Kysely, sql } from 'kysely';

/** What a reason is about stands beside its code; it was part of a sentence before. */
export const reasonFactsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const inBrackets = String.raw`substring(reason from '\((.*)\)$')`;

const statements = [
  'alter table outcome add column facts jsonb',
  `update outcome set facts = jsonb_build_object('connector', substr(reason, 9)), reason = 'ownedBy'
    where reason like 'ownedBy:%'`,
  `update outcome set reason = 'targetMoved',
      facts = jsonb_build_object('attributes', to_jsonb(string_to_array(${inBrackets}, ', ')))
    where reason like 'targetMoved (%'`,
  `update outcome set facts = jsonb_build_object('said', ${inBrackets}), reason = 'refused'
    where reason like 'rejected (%'`,
  `update outcome set facts = jsonb_build_object('status', substr(reason, 5)), reason = 'runEnded'
    where outcome = 'skipped' and reason like 'run %'`,
  `update outcome set facts = jsonb_build_object('scope', substr(reason, 21)), reason = 'outOfScope'
    where outcome = 'outOfScope' and reason like 'not in the scope of %'`,
  `update outcome set facts = jsonb_build_object('said', reason), reason = 'stepFailed'
    where outcome = 'failed' and facts is null`,
  `update outcome set facts = jsonb_build_object('said', reason), reason = 'skippedByMapping'
    where outcome = 'skipped' and facts is null and reason not in ('protected', 'inactive', 'newerRun', 'targetMoved')`,
];
