import { type Kysely, sql } from 'kysely';

/**
 * Abilities apart: seeing values, changing connections and handling tokens were parts of `read` and `configure`. Tokens
 * made before keep what they could. A token may end by itself, and says when it was last used.
 */
export const abilitiesMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table token add column expires_at timestamptz, add column last_used_at timestamptz`,
  `update token set abilities = (
    select array_agg(one.ability order by one.place) from (
      values ('read', 'read', 1), ('values', 'read', 2), ('run', 'run', 3), ('approve', 'approve', 4),
        ('configure', 'configure', 5), ('connect', 'configure', 6), ('tokens', 'configure', 7)
    ) one (ability, earlier, place) where one.earlier = any(token.abilities))
    where cardinality(abilities) > 0`,
  'create index audit_by_time on audit (at)',
];
