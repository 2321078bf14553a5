import { isFailure } from '../../core/failure.ts';
import type { PlannedChange } from '../../core/plan/diff.ts';
import { goOnFrom, isIntended } from '../../core/plan/doubt.ts';
import type { AttributeId, Profile, Written } from '../../core/profile.ts';
import { keeperOf } from '../../ledger/links/kept-sets.ts';
import type { KnownProfile } from '../../ledger/links/known-profile.ts';
import type { Look } from '../../ledger/links/look.ts';
import type { DueUser } from '../../ledger/plan/changes.ts';
import { noteFound, type OpenChange, openChangesAt } from '../../ledger/plan/doubts.ts';
import type { Account } from '../../targets/target.ts';
import { groupsFor, readProfiles } from '../at-target.ts';
import type { TargetAtRun } from '../open/connector.ts';
import type { Work } from '../work.ts';

/** Whether nobody has written or recorded the account since the plan looked at it. */
export const isFresh = ({ user, look }: UnderClaim): boolean => user.turn === look.turn;

/** A person whose account this run has claimed, with what the ledger knew of it then. */
export type UnderClaim = { readonly user: DueUser; readonly account: Account; readonly look: Look };

/** What is to be written to an account, and what is known of it beforehand. */
export type ToWrite = UnderClaim & {
  /** The changes over what the account holds, without the attributes that another connector keeps. */
  readonly changes: readonly PlannedChange[];
  readonly known: KnownProfile;
  /** The attributes of the mapping that another connector keeps, with its name. */
  readonly kept: ReadonlyMap<AttributeId, string>;
  /** Why the account cannot be written at all, as a read of it found. */
  readonly ended: Written['ended'];
};

/**
 * What is left to write to some accounts. An account in doubt is read first: a value that an unrecorded write may have
 * put there counts as ours, and the changes start from the current values. So is an account that somebody has written
 * to since the plan, if the ledger knows a different value than the plan saw: either value may be the later one,
 * written by one of our runs or changed by hand before the plan.
 */
export const toWrite = async (
  work: Work,
  target: TargetAtRun,
  claim: string,
  claimed: readonly UnderClaim[],
): Promise<readonly ToWrite[]> => {
  const mapped = work.connector.mapping.attributes.get(target.id) ?? [];
  const due = claimed.map((one): ToWrite => {
    const kept = keeperOf(one.look.keepers, mapped);
    const changes = one.user.changes.filter(({ attribute }) => !kept.has(attribute));
    const start = { ...one, changes, kept, ended: null };
    if (!isFresh(one)) return { ...start, known: new Map(one.look.values ?? []) };
    return { ...start, known: new Map([...(one.look.values ?? []), ...one.user.found]) };
  });
  const doubted = due.filter((one) => one.look.inDoubt || (!isFresh(one) && seesAnother(one)));
  if (doubted.length === 0) return due;
  const read = await readDoubted(work, target, claim, doubted);
  return due.map((one) => read.get(one) ?? one);
};

/** Whether the plan and the ledger know different values of what is to be changed. */
const seesAnother = ({ look, changes }: ToWrite): boolean =>
  changes.some(({ attribute, before }) => {
    const known = look.values?.get(attribute);
    return known !== undefined && known.value !== before;
  });

const readDoubted = async (
  { ledger, run, call }: Work,
  target: TargetAtRun,
  claim: string,
  doubted: readonly ToWrite[],
): Promise<ReadonlyMap<ToWrite, ToWrite>> => {
  const where = { connector: run.connector, target: target.id, but: claim };
  const open = await openChangesAt(
    ledger,
    where,
    doubted.map(({ account }) => account.key),
  );
  const read = new Map<ToWrite, ToWrite>();
  for (const part of groupsFor(target, doubted)) {
    const wanted = part.map((one) => ({
      account: one.account,
      attributes: attributesOf(one, open.get(one.account.key) ?? []),
    }));
    const found = await readProfiles(target, wanted, call);
    for (const [index, one] of part.entries()) {
      const held = found[index];
      if (held === undefined) throw new Error(`the target ${target.id} gave no answer about one of its accounts`);
      const opened = open.get(one.account.key) ?? [];
      read.set(one, isFailure(held) ? { ...one, ended: held } : goingOn(one, held, opened));
      if (isFailure(held)) continue;
      const standing = opened.filter(({ attribute, after }) => (held.get(attribute) ?? null) === after);
      await noteFound(
        ledger,
        target.id,
        standing.filter((change) => change.run !== run.id),
      );
    }
  }
  return read;
};

const attributesOf = ({ user }: ToWrite, open: readonly OpenChange[]): readonly AttributeId[] => [
  ...new Set([...user.changes, ...open].map(({ attribute }) => attribute)),
];

/** The changes of an account over what it holds by now, and what is known of it. */
const goingOn = (one: ToWrite, held: Profile, open: readonly OpenChange[]): ToWrite => {
  const known = new Map(one.look.values ?? []);
  const isOurs = (attribute: AttributeId, value: string | null): boolean => {
    const before = one.look.values?.get(attribute);
    return isIntended(open, attribute, value) || (before?.ours === true && before.value === value);
  };
  for (const attribute of attributesOf(one, open)) {
    const value = held.get(attribute) ?? null;
    known.set(attribute, { value, ours: isOurs(attribute, value) });
  }
  return { ...one, known, changes: goOnFrom(one.changes, held, isOurs) };
};
