import type { Call } from '../core/call.ts';
import { Failure } from '../core/failure.ts';

/** Turns what the document says of a group, an id or a name, into the id. */
export type GroupIds = (idOrName: string, call: Call) => Promise<string>;

/**
 * Groups by id, or by name where an admin has only that: looked up once and then known by id, so that a group renamed
 * meanwhile stays the one it was. A name that nobody or several have is refused.
 */
export const groupIds = (
  party: string,
  isId: RegExp,
  find: (name: string, call: Call) => Promise<readonly string[]>,
): GroupIds => {
  const known = new Map<string, string>();
  return async (idOrName, call) => {
    if (isId.test(idOrName)) return idOrName;
    const before = known.get(idOrName);
    if (before !== undefined) return before;
    const ids = await find(idOrName, call);
    const [id] = ids;
    if (id === undefined || ids.length > 1) throw notOne(party, idOrName, ids);
    known.set(idOrName, id);
    return id;
  };
};

const notOne = (party: string, name: string, ids: readonly string[]): Failure =>
  ids.length === 0
    ? new Failure('config', `${party} knows no group with the name ${name}.`, {
        party,
        remedy: 'Correct the name under groups of the source (case matters), or use the id.',
      })
    : new Failure('config', `${party} knows ${ids.length} groups with the name ${name}: ${ids.join(', ')}.`, {
        party,
        remedy: 'Use the id of the right one under groups of the source.',
      });
