import { z } from 'zod';

/** A group: who is in it directly, people and other groups. */
export type Group = { id: string; name: string; people: Set<string>; groups: Set<string> };

/** What control gives for a group: who is in it from now on. */
export const groupSchema = z.strictObject({
  name: z.string().optional(),
  people: z.array(z.string()).default([]),
  groups: z.array(z.string()).default([]),
});

/** The groups of the identity provider. */
export type Groups = {
  find(id: string): Group | undefined;
  all(): Group[];
  put(id: string, members: z.infer<typeof groupSchema>): void;
  /** Everybody in a group or in a group within it, each once; circles do no harm. */
  everybodyIn(id: string): string[];
  /** The groups that hold a person: directly, or also by way of groups within them. */
  holding(person: string, transitive: boolean): string[];
};

/** Makes a provider without groups. */
export const createGroups = (): Groups => {
  const groups = new Map<string, Group>();
  const everybodyIn = (id: string): string[] => {
    const visited = new Set<string>();
    const people = new Set<string>();
    const visit = (at: string): void => {
      const group = groups.get(at);
      if (group === undefined || visited.has(at)) return;
      visited.add(at);
      for (const person of group.people) people.add(person);
      for (const below of group.groups) visit(below);
    };
    visit(id);
    return [...people];
  };
  return {
    find: (id) => groups.get(id),
    all: () => [...groups.values()],
    put(id, members) {
      groups.set(id, {
        id,
        name: members.name ?? id,
        people: new Set(members.people),
        groups: new Set(members.groups),
      });
    },
    everybodyIn,
    holding: (person, transitive) =>
      [...groups.values()]
        .filter(({ id, people }) => (transitive ? everybodyIn(id).includes(person) : people.has(person)))
        .map(({ id }) => id),
  };
};
