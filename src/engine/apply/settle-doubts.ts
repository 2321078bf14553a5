import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import { isIntended } from '../../core/plan/doubt.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { KnownValue } from '../../ledger/links/known-profile.ts';
import type { Ledger } from '../../ledger/open.ts';
import { noteFound, openChangesAt } from '../../ledger/plan/doubts.ts';
import { type Doubted, endDoubt, longDoubted, type OldDoubt, oldDoubts } from '../../ledger/plan/old-doubts.ts';
import { accountOf } from '../account-text.ts';
import { readProfiles } from '../at-target.ts';
import type { OpenConnector, OpenTarget } from '../open/connector.ts';
import { inLanes } from './lanes.ts';
import { withSlots } from './lease.ts';

/** How many accounts of one target a round of housekeeping reads. */
const atATime = 200;

type Deps = {
  readonly ledger: Ledger;
  readonly openConnector: (connector: string, version: null) => Promise<OpenConnector>;
};

/**
 * Reads the accounts in doubt that no run reaches, one at a time and only while nothing else uses their target, so that
 * their values are known again. A target that is unavailable, or that no connector opens, keeps its doubts until the
 * next round. Returns how many doubts have ended.
 */
export const settleDoubts = async ({ ledger, openConnector }: Deps, call: Call): Promise<number> => {
  let ended = 0;
  for (const where of await longDoubted(ledger)) {
    try {
      const target = (await openConnector(where.connector, null)).targets.get(where.target);
      if (target === undefined) continue;
      const alone = { id: target.id, inFlight: 1 };
      const doubts = await oldDoubts(ledger, where, atATime);
      await withSlots({ ledger, call }, alone, false, (lease) =>
        inLanes(lease, doubts.values(), async (doubt) => {
          if (await settleOne(ledger, where, target, doubt, lease.call)) ended += 1;
        }),
      );
    } catch (error) {
      if (!isFailure(error)) throw error;
    }
  }
  return ended;
};

/** Reads one account and ends its doubt; false where it cannot be read now. */
const settleOne = async (
  ledger: Ledger,
  where: Doubted,
  target: OpenTarget,
  doubt: OldDoubt,
  call: Call,
): Promise<boolean> => {
  const account = accountOf(doubt.text);
  const { connector, target: id } = where;
  const open =
    (await openChangesAt(ledger, { connector, target: id, but: null }, [account.key])).get(account.key) ?? [];
  const attributes = [...new Set([...doubt.values.keys(), ...open.map(({ attribute }) => attribute)])];
  const [held] = await readProfiles(target, [{ account, attributes }], call);
  if (held === undefined) throw new Error(`the target ${id} gave no answer about one of its accounts`);
  if (isFailure(held)) {
    if (held.kind !== 'notFound') return false;
    await endDoubt(ledger, where, doubt, null);
    return true;
  }
  const values = new Map<AttributeId, KnownValue>();
  for (const attribute of attributes) {
    const value = held.get(attribute) ?? null;
    const before = doubt.values.get(attribute);
    const ours = isIntended(open, attribute, value) || (before?.ours === true && before.value === value);
    values.set(attribute, { value, ours });
  }
  await noteFound(
    ledger,
    id,
    open.filter(({ attribute, after }) => (held.get(attribute) ?? null) === after),
  );
  await endDoubt(ledger, where, doubt, values);
  return true;
};
