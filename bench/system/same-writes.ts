import type { StoredAccount, World } from './world.ts';

/** The changes that bring an account of one world to what the same account holds in another. */
type Piece = {
  readonly account: Omit<StoredAccount, 'properties'>;
  readonly changes: readonly {
    readonly attribute: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
};

const targetOf = { jira: 'jira', confluence: 'wiki' } as const;
const kindOf = { jira: 'userProperty', confluence: 'field' } as const;

/** By target, what has been written to the accounts of `to` since they held the same as those of `from`. */
export const sameWrites = async (from: World, to: World): Promise<Readonly<Record<string, readonly Piece[]>>> => {
  const work: Record<string, readonly Piece[]> = {};
  for (const product of ['jira', 'confluence'] as const) {
    const held = new Map((await from.accounts(product)).map(({ key, properties }) => [key, properties]));
    work[targetOf[product]] = (await to.accounts(product)).flatMap(({ properties, ...account }) => {
      const before = held.get(account.key) ?? {};
      const names = [...new Set([...Object.keys(before), ...Object.keys(properties)])];
      const changes = names.flatMap((name) =>
        before[name] === properties[name]
          ? []
          : [
              {
                attribute: `${kindOf[product]}:${name}`,
                before: before[name] ?? null,
                after: properties[name] ?? null,
              },
            ],
      );
      return changes.length === 0 ? [] : [{ account, changes }];
    });
  }
  return work;
};
