import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { Ledger } from '../open.ts';

/** A connector that keeps attributes of an account; null where it was recorded before sets were kept: all of them. */
export type Keeper = { readonly connector: string; readonly attributes: readonly AttributeId[] | null };

/** The attributes of a profile that its connector owns: what it wrote or adopted there. */
export const keptOf = (values: ReadonlyMap<AttributeId, { readonly ours: boolean }>): readonly AttributeId[] =>
  [...values].flatMap(([attribute, { ours }]) => (ours ? [attribute] : [])).sort();

/** Who keeps each of these attributes of an account; whom nobody keeps is left out. The first of several wins. */
export const keeperOf = (
  keepers: readonly Keeper[],
  attributes: Iterable<AttributeId>,
): ReadonlyMap<AttributeId, string> =>
  new Map(
    [...attributes].flatMap((attribute) => {
      const keeper = keepers.find((one) => one.attributes === null || one.attributes.includes(attribute));
      return keeper === undefined ? [] : [[attribute, keeper.connector] as const];
    }),
  );

/** Numbers of sets never change, so each process asks for one once. */
const numbers = new WeakMap<Ledger['keyring'], Map<string, number>>();

/** The numbers of sets of attributes, by their text; new sets are stored. */
export const setNumbers = async (
  ledger: Pick<Ledger, 'db' | 'keyring'>,
  sets: readonly (readonly AttributeId[])[],
): Promise<readonly number[]> => {
  const known = numbers.get(ledger.keyring) ?? new Map<string, number>();
  numbers.set(ledger.keyring, known);
  const numberOf = async (set: readonly AttributeId[]): Promise<number> => {
    const text = JSON.stringify(set);
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    await sql`insert into attribute_set (attributes) values (${set}::text[]) on conflict do nothing`.execute(ledger.db);
    const { rows } = await sql<{ id: number }>`select id from attribute_set where attributes = ${set}::text[]`.execute(
      ledger.db,
    );
    const id = rows[0]?.id;
    if (id === undefined) throw new Error('the ledger did not keep a set of attributes');
    known.set(text, id);
    return id;
  };
  const found: number[] = [];
  for (const set of sets) found.push(await numberOf(set));
  return found;
};
