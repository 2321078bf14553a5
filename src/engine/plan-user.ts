import { type Decision, decisionsFor } from '../core/diff.ts';
import type { AttributeId, DesiredProfile, Profile } from '../core/profile.ts';
import { isLater, type ReadOrder } from '../core/read-moment.ts';
import type { Reason } from '../core/reasons.ts';
import type { RunMode } from '../core/report.ts';
import type { KnownProfile, Remembered } from '../ledger/links/profiles.ts';
import type { Account, Target } from '../targets/target.ts';

/** What decides about one candidate before its target is asked. */
export type Candidate = {
  readonly account: Account;
  readonly desired: DesiredProfile;
  readonly order: ReadOrder;
  readonly remembered: Remembered | undefined;
  /** Another connector that keeps the account. */
  readonly owner: string | undefined;
};

/** What is to be done about a candidate: nothing, for a reason; read the target first; or compare with what is known. */
export type Step =
  | { readonly step: 'skip'; readonly why: Reason }
  | { readonly step: 'read' }
  | { readonly step: 'compare'; readonly current: Profile };

/** Decides what a plan does about a candidate; explaining a person asks the same. */
export const stepFor = (target: Target, mode: RunMode, candidate: Candidate): Step => {
  const { account, owner, remembered, order, desired } = candidate;
  if (target.protects(account)) return { step: 'skip', why: { reason: 'protected' } };
  if (!account.active) return { step: 'skip', why: { reason: 'inactive' } };
  if (owner !== undefined) return { step: 'skip', why: { reason: 'ownedBy', facts: { connector: owner } } };
  if (remembered !== undefined && isLater(remembered.order, order)) {
    return { step: 'skip', why: { reason: 'newerRun' } };
  }
  const values = remembered?.values ?? null;
  if (values === null || mode === 'verify' || !covers(values, desired)) return { step: 'read' };
  return { step: 'compare', current: currentOf(values) };
};

/** What is done about each attribute, given what stands at the target and what the ledger knows to be ours. */
export const compared = (
  desired: DesiredProfile,
  current: Profile,
  known: KnownProfile,
): { readonly decisions: readonly Decision[]; readonly ours: ReadonlySet<AttributeId> } => {
  const ours = new Set<AttributeId>();
  for (const [attribute, one] of known)
    if (one.ours && one.value === (current.get(attribute) ?? null)) ours.add(attribute);
  return { decisions: decisionsFor(desired, current, ours), ours };
};

/** Whether the ledger knows every mapped attribute: a newly mapped one has to be read first. */
const covers = (known: KnownProfile, desired: DesiredProfile): boolean =>
  [...desired.keys()].every((attribute) => known.has(attribute));

const currentOf = (known: KnownProfile): Profile =>
  new Map([...known].flatMap(([attribute, one]) => (one.value === null ? [] : [[attribute, one.value] as const])));
