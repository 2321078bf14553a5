import { z } from 'zod';
import type { Directory } from './world/directory.ts';
import { createRandom } from './world/random.ts';
import type { Person } from './world/types.ts';

/** Which people control edits: named ones or a number chosen by the seed, and which attributes get a new text. */
export const editSchema = z.strictObject({
  count: z.int().min(0).default(0),
  seed: z.int().default(1),
  ids: z.array(z.string()).optional(),
  attributes: z.array(z.string()).min(1).default(['companyName', 'department', 'streetAddress']),
});

/** One edit made: who, and which attribute. */
export type Edit = { id: string; userPrincipalName: string; attribute: string };

/** Edits people and says exactly who and what, so that a checker knows what to expect. */
export const editPeople = (directory: Directory, asked: z.infer<typeof editSchema>): Edit[] => {
  const random = createRandom(asked.seed);
  const pool: Person[] =
    asked.ids === undefined
      ? [...directory.all()].sort((a, b) => a.userPrincipalName.localeCompare(b.userPrincipalName))
      : asked.ids.flatMap((id) => directory.find(id) ?? []);
  const chosen: Person[] = [];
  const wanted = asked.ids === undefined ? Math.min(asked.count, pool.length) : pool.length;
  while (chosen.length < wanted) {
    const at = asked.ids === undefined ? Math.floor(random() * pool.length) : 0;
    chosen.push(...pool.splice(at, 1));
  }
  return chosen.map(({ id, userPrincipalName }, index) => {
    const attribute = asked.attributes[index % asked.attributes.length] ?? 'companyName';
    directory.edit(id, { [attribute]: `Edited ${asked.seed}-${index}` });
    return { id, userPrincipalName, attribute };
  });
};
