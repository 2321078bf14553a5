import { Failure, isFailure } from '../core/failure.ts';

/** The group that the document gives a name; throws `config` for a name it does not give. */
export const namedGroup = <Group>(groups: Readonly<Record<string, Group>>, name: string, party: string): Group => {
  const group = groups[name];
  if (group !== undefined) return group;
  throw new Failure('config', `The source names no group ${name}.`, {
    party,
    remedy: 'Define it under groups of the source.',
  });
};

/** Proves that every group of the document is there and may be read; `key` says what the document knows a group by. */
export const checkGroups = async (
  { party, names, key }: { readonly party: string; readonly names: readonly string[]; readonly key: string },
  read: (name: string) => Promise<unknown>,
): Promise<void> => {
  for (const name of names) {
    try {
      await read(name);
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'notFound') throw error;
      throw new Failure('config', `${party} knows no group with the ${key} given for ${name}.`, {
        party,
        remedy: `Correct the ${key} under groups of the source.`,
      });
    }
  }
};

/** How a condition asks for a group, for whoever looks for an attribute that holds them. */
export const nameTheGroup = "Name the group under `groups` of the source and write `'engineering' in groups`.";
export const isGroups = /^(memberOf|groups?)$/i;
