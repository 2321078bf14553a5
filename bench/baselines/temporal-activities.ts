import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { Change } from '../../src/core/profile.ts';
import type { SourceUser } from '../../src/core/values.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { freeCall, type Opened } from './job.ts';

/** What somebody is to hold in a product: an attribute and its value. */
type Wanted = readonly (readonly [Change['attribute'], string])[];

/** The steps of the obvious program, one activity each; people, accounts and values travel through Temporal. */
export const createActivities = ({ connector, source, targets }: Opened) => {
  const attributes = new Map([...targets].map(([id, target]) => [id, target.attributes]));
  const mapping = compileMapping(connector, { attributes });
  const at = (id: string): Target => {
    const target = targets.get(id);
    if (target === undefined) throw new Error(`no target ${id}`);
    return target;
  };
  return {
    readPage: async (cursor: string | null): Promise<{ people: readonly SourceUser[]; next: string | null }> => {
      const place = cursor === null ? ({ at: 'start' } as const) : ({ at: 'cursor', cursor } as const);
      const { users, end } = await source.readPage(place, mapping.selection, freeCall());
      return { people: users, next: end.more ? end.cursor : null };
    },
    findAccount: async (id: string, person: SourceUser): Promise<{ account: Account; wanted: Wanted } | null> => {
      const found = (await mapping.evaluate(person)).get(id);
      if (found?.kind !== 'mapped') return null;
      for (const { by, values } of found.match) {
        for (const value of values) {
          const [account] = await at(id).findAccounts({ by, value }, freeCall());
          if (account?.active === true) {
            const wanted = [...found.desired].flatMap(([attribute, one]) =>
              one.do === 'set' ? [[attribute, one.value] as const] : [],
            );
            return { account, wanted };
          }
        }
      }
      return null;
    },
    compare: async (id: string, account: Account, wanted: Wanted): Promise<readonly Change[]> => {
      const names = wanted.map(([attribute]) => attribute);
      const held = await at(id).readProfile(account, names, freeCall());
      return wanted.flatMap(([attribute, after]) => {
        const before = held.get(attribute) ?? null;
        return before === after ? [] : [{ attribute, before, after }];
      });
    },
    write: async (id: string, account: Account, changes: readonly Change[]): Promise<number> => {
      const { results, ended } = await at(id).applyChanges(account, changes, freeCall());
      if (ended !== null) throw ended;
      return results.filter(({ status }) => status === 'applied').length;
    },
  };
};

export type Activities = ReturnType<typeof createActivities>;
