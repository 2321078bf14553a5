import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { Ledger } from '../open.ts';
import { unseal } from '../sealing/sealed.ts';
import { knownOf } from './known-profile.ts';

/** How many remembered profiles are opened at a time. */
const pageSize = 2_000;

/** How many people of a connector hold a value of ours in each attribute of each target. Opens every profile once. */
export const countOurValues = async (
  ledger: Ledger,
  connector: string,
): Promise<ReadonlyMap<string, ReadonlyMap<AttributeId, number>>> => {
  const counts = new Map<string, Map<AttributeId, number>>();
  let after: { target: string; id: string } = { target: '', id: '' };
  for (;;) {
    const { rows } = await sql<{ target: string; id: string; sealed: Buffer }>`select target, person as id,
        values_sealed as sealed from profile
      where connector = ${connector} and values_sealed is not null and (target, person) > (${after.target}, ${after.id})
      order by target, person limit ${pageSize}`.execute(ledger.db);
    for (const { target, id, sealed } of rows) {
      const held = counts.get(target) ?? new Map<AttributeId, number>();
      for (const [attribute, { value, ours }] of knownOf(unseal(ledger, 'values', { target, person: id }, sealed))) {
        if (ours && value !== null) held.set(attribute, (held.get(attribute) ?? 0) + 1);
      }
      counts.set(target, held);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return counts;
    after = last;
  }
};
