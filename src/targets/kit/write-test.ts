import type { Call } from '../../core/call.ts';
import type { CheckLine } from '../../core/check-line.ts';
import { isFailure } from '../../core/failure.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { Account, Target } from '../target.ts';

type Writer = Pick<Target, 'readProfile' | 'applyChanges'>;

const trials = ['Attune write test 1', 'Attune write test 2'] as const;

/**
 * Sets, replaces, reads back and clears each attribute on one account, then puts back what was there; also when a
 * step fails. One line per attribute, so that a name the product refuses is known before a run.
 */
export async function* writeTest(
  target: Writer,
  account: Account,
  attributes: readonly AttributeId[],
  call: Call,
): AsyncGenerator<CheckLine> {
  const before = await target.readProfile(account, attributes, call);
  for (const attribute of attributes) {
    const what = `write ${attribute}`;
    try {
      yield await tryOne(target, account, attribute, what, call);
    } finally {
      await bring(target, account, attribute, before.get(attribute) ?? null, call);
    }
  }
}

const tryOne = async (
  target: Writer,
  account: Account,
  attribute: AttributeId,
  what: string,
  call: Call,
): Promise<CheckLine> => {
  try {
    for (const value of [...trials, null]) {
      if (!(await bring(target, account, attribute, value, call))) return refused(what);
    }
    return { what, ok: true, found: 'set, replaced, read back and cleared' };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return {
      what,
      ok: false,
      found: error.message,
      ...(error.facts.remedy === undefined ? {} : { remedy: error.facts.remedy }),
    };
  }
};

/** Makes the account hold this value; tells whether it does afterwards. */
const bring = async (
  target: Writer,
  account: Account,
  attribute: AttributeId,
  value: string | null,
  call: Call,
): Promise<boolean> => {
  const now = async (): Promise<string | null> =>
    (await target.readProfile(account, [attribute], call)).get(attribute) ?? null;
  const before = await now();
  if (before === value) return true;
  const { ended } = await target.applyChanges(account, [{ attribute, before, after: value }], call);
  if (ended !== null) throw ended;
  return (await now()) === value;
};

const refused = (what: string): CheckLine => ({
  what,
  ok: false,
  found: 'The product refuses this name, or stores a different value than the one it is given.',
  remedy: 'Choose another name (letters, digits and spaces are safe), or another store.',
});
