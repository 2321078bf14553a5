import { isLater, type ReadOrder } from '../../core/people/read-moment.ts';
import { type Decision, decisionsFor } from '../../core/plan/diff.ts';
import { isIntended, type OpenWrite } from '../../core/plan/doubt.ts';
import type { AttributeId, DesiredProfile, Profile } from '../../core/profile.ts';
import type { Reason } from '../../core/report/reasons.ts';
import type { RunMode } from '../../core/report/report.ts';
import { keeperOf } from '../../ledger/links/kept-sets.ts';
import type { KnownProfile } from '../../ledger/links/known-profile.ts';
import type { Look } from '../../ledger/links/look.ts';
import type { StagedUser } from '../../ledger/plan/staging.ts';
import type { Account, Target } from '../../targets/target.ts';
import { keptFactsOf } from './owned-by.ts';

/** What decides about one candidate before its target is asked. */
export type Candidate = {
  readonly account: Account;
  readonly desired: DesiredProfile;
  readonly order: ReadOrder;
  readonly look: Look;
};

/** The attributes a candidate is to get, and those that another connector keeps, with its name. */
export type Shared = { readonly desired: DesiredProfile; readonly kept: ReadonlyMap<AttributeId, string> };

/** A candidate with the account it was matched to, what the ledger knows of it, and what it is to get. */
export type PlanCandidate = { readonly user: StagedUser; readonly account: Account; readonly look: Look } & Shared;

/** What to do about a candidate: nothing, for a reason; read the target first; or compare with what is known. */
export type Step =
  | { readonly step: 'skip'; readonly why: Reason }
  | ({ readonly step: 'read' } & Shared)
  | ({ readonly step: 'compare'; readonly current: Profile } & Shared);

/** Decides what a plan does about a candidate; explaining a person asks the same. */
export const stepFor = (target: Target, mode: RunMode, { account, desired, order, look }: Candidate): Step => {
  if (target.protects(account)) return { step: 'skip', why: { reason: 'protected' } };
  if (!account.active) return { step: 'skip', why: { reason: 'inactive' } };
  if (look.order !== null && isLater(look.order, order)) return { step: 'skip', why: { reason: 'newerRun' } };
  const kept = keeperOf(look.keepers, desired.keys());
  const own = new Map([...desired].filter(([attribute]) => !kept.has(attribute)));
  if (own.size === 0 && kept.size > 0) return { step: 'skip', why: { reason: 'ownedBy', facts: keptFactsOf(kept) } };
  const { values } = look;
  if (values === null || look.inDoubt || mode === 'verify' || !covers(values, own)) {
    return { step: 'read', desired: own, kept };
  }
  return { step: 'compare', current: currentOf(values), desired: own, kept };
};

/**
 * What is done about each attribute, given what the target holds, what the ledger knows to be ours, and what unrecorded
 * writes may have put there.
 */
export const compared = (
  desired: DesiredProfile,
  current: Profile,
  known: KnownProfile,
  open: readonly OpenWrite[],
): { readonly decisions: readonly Decision[]; readonly ours: ReadonlySet<AttributeId> } => {
  const ours = new Set<AttributeId>();
  for (const [attribute, one] of known)
    if (one.ours && one.value === (current.get(attribute) ?? null)) ours.add(attribute);
  for (const { attribute } of open)
    if (isIntended(open, attribute, current.get(attribute) ?? null)) ours.add(attribute);
  return { decisions: decisionsFor(desired, current, ours), ours };
};

/** Whether the ledger knows every mapped attribute for sure: a newly mapped one has to be read first. */
const covers = (known: KnownProfile, desired: DesiredProfile): boolean =>
  [...desired.keys()].every((attribute) => known.has(attribute) && known.get(attribute)?.unsure !== true);

/** What an account holds as far as it is known. */
export const currentOf = (known: KnownProfile): Profile =>
  new Map([...known].flatMap(([attribute, one]) => (one.value === null ? [] : [[attribute, one.value] as const])));
