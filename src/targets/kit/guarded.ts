import { isFailure } from '../../core/failure.ts';
import type { Written } from '../../core/profile.ts';
import type { Target, Together, Work } from '../target.ts';
import type { Protection } from './protection.ts';
import type { ReadBack } from './read-back.ts';
import { ownOrNever, refuseAll } from './weigh.ts';

/** A product's own reading and writing, and then with the protection every target has. */
export type Bare = Pick<Target, 'readProfile' | 'applyChanges' | 'together'>;

/**
 * Writes to nobody who is protected, remembers whom the product turned out to guard, and reads some of what was
 * written back. What was answered before a failure is handed out with it.
 */
export const guarded = (bare: Bare, { protects, note }: Protection, readBack: ReadBack): Bare => {
  const checked = async ({ account, changes }: Work, written: Written, call: Parameters<Bare['applyChanges']>[2]) => {
    note(account, written.ended);
    return readBack(changes, written, (attributes) => bare.readProfile(account, attributes, call));
  };
  return {
    readProfile: async (account, attributes, call) => {
      try {
        return await bare.readProfile(account, attributes, call);
      } catch (error) {
        note(account, error);
        throw error;
      }
    },
    applyChanges: async (account, changes, call) => {
      if (protects(account)) return refuseAll(changes, ownOrNever);
      return checked({ account, changes }, await bare.applyChanges(account, changes, call), call);
    },
    together: bare.together === null ? null : guardedTogether(bare.together, protects, note, checked),
  };
};

/** A batch: accounts that are never written are answered for here, the others go in one request. */
const guardedTogether = (
  { size, readProfiles, applyChanges }: Together,
  protects: Protection['protects'],
  note: Protection['note'],
  checked: (work: Work, written: Written, call: Parameters<Together['applyChanges']>[1]) => Promise<Written>,
): Together => ({
  size,
  readProfiles: async (wanted, call) => {
    const found = await readProfiles(wanted, call);
    for (const [index, { account }] of wanted.entries()) if (isFailure(found[index])) note(account, found[index]);
    return found;
  },
  applyChanges: async (work, call) => {
    const allowed = work.filter(({ account }) => !protects(account));
    const written = allowed.length === 0 ? [] : await applyChanges(allowed, call);
    const answers = new Map(allowed.map((one, index) => [one, written[index]]));
    const all: Written[] = [];
    for (const one of work) {
      const answer = answers.get(one);
      all.push(answer === undefined ? refuseAll(one.changes, ownOrNever) : await checked(one, answer, call));
    }
    return all;
  },
});
