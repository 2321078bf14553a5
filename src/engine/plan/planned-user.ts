import type { Failure } from '../../core/failure.ts';
import { asDiff } from '../../core/plan/diff.ts';
import type { OpenWrite } from '../../core/plan/doubt.ts';
import type { AttributeId, Profile } from '../../core/profile.ts';
import { standingOf } from '../../core/report/parity.ts';
import type { Reason } from '../../core/report/reasons.ts';
import type { KnownValue } from '../../ledger/links/known-profile.ts';
import type { SeenProfile } from '../../ledger/links/record-seen.ts';
import type { StagedUser } from '../../ledger/plan/staging.ts';
import type { PlannedUser } from '../../ledger/plan/store-plan.ts';
import type { NewOutcome } from '../../ledger/runs/outcomes.ts';
import type { Run } from '../../ledger/runs/runs.ts';
import { endOf } from '../at-target.ts';
import type { TargetAtRun } from '../open/connector.ts';
import { keptFactsOf } from './owned-by.ts';
import { compared, type PlanCandidate } from './plan-user.ts';

/**
 * The plan for one candidate, given the values of its account: the changes, or what is remembered because there are
 * none. `open` are the writes never recorded of an account that was read; null when it was not.
 */
export const planned = (
  run: Pick<Run, 'mode' | 'intent'>,
  target: TargetAtRun,
  { user, account, look, desired, kept }: PlanCandidate,
  found: Profile,
  open: readonly OpenWrite[] | null,
): PlannedUser => {
  const known = look.values ?? new Map();
  const { decisions, ours } = compared(desired, found, known, open ?? []);
  const { changes, adopted } = asDiff(decisions);
  const lookedAt = { account: account.key, turn: look.turn };
  const leftAlone = decisions.flatMap(({ attribute, decision }) => {
    const want = desired.get(attribute);
    return decision === 'keep' && want?.do === 'set' ? [{ attribute, value: want.value }] : [];
  });
  // An account is read at first contact, for an attribute newly mapped, or because everybody's is.
  const compares = (attribute: AttributeId): boolean =>
    open !== null && (run.mode === 'verify' || !known.has(attribute));
  const stood = [...desired].flatMap(([attribute, want]) => {
    const standing = compares(attribute) ? standingOf(want, found.get(attribute) ?? null) : null;
    return standing === null ? [] : [{ attribute, standing }];
  });
  const told = { ...planOf(user), changes, adopted: adopted.length, stood, seen: lookedAt, leftAlone };
  const isAdopted = new Set(adopted);
  const seen = new Map<AttributeId, KnownValue>();
  for (const attribute of new Set([...desired.keys(), ...(open ?? []).map((one) => one.attribute)])) {
    seen.set(attribute, {
      value: found.get(attribute) ?? null,
      ours: ours.has(attribute) || isAdopted.has(attribute),
    });
  }
  if (changes.length > 0) {
    for (const { attribute } of changes) seen.delete(attribute);
    const why = kept.size === 0 ? {} : { facts: keptFactsOf(kept) };
    const outcome = { target: target.id, person: user.person, outcome: 'planned', reason: 'planned', ...why } as const;
    return { ...told, outcome, found: open === null || look.inDoubt ? null : seen, record: null };
  }
  // What removed rows wrote stays known, so that it can be listed and cleared; what another connector keeps does not.
  const values = new Map([...known, ...seen]);
  for (const attribute of kept.keys()) values.delete(attribute);
  const record: SeenProfile = {
    person: user.person,
    account: { key: account.key, text: user.account },
    basis: target.basis,
    values,
    digest: kept.size === 0 ? user.digest : null,
    read: user.read,
    turn: look.turn,
    replaces: look.replaces,
  };
  // A dry run leaves no trace: what it found equal is adopted by the run that may write. Nor is an account known while
  // a write that was begun may still arrive.
  const isSure = run.intent !== 'plan' && (!look.inDoubt || look.canSettle);
  const outcome: NewOutcome | null =
    kept.size === 0
      ? null
      : { target: target.id, person: user.person, outcome: 'skipped', reason: 'ownedBy', facts: keptFactsOf(kept) };
  return { ...told, outcome, found: null, record: isSure ? record : null };
};

/** The plan for a candidate whose account could not be read. */
export const failedRead = (run: Run, target: TargetAtRun, user: StagedUser, failure: Failure): PlannedUser => {
  const why = endOf(failure);
  const gone = why.outcome === 'unmatched' && run.intent !== 'plan' ? 'accountGone' : null;
  return { ...passedOver(target, user, why), record: gone };
};

/** A candidate for whom nothing is planned, for this reason. */
export const passedOver = (
  target: TargetAtRun,
  user: StagedUser,
  why: Reason & { readonly outcome: 'skipped' | 'unmatched' | 'failed' },
): PlannedUser => ({
  ...planOf(user),
  changes: [],
  adopted: 0,
  stood: [],
  leftAlone: [],
  outcome: { target: target.id, person: user.person, ...why },
  found: null,
  record: null,
  seen: null,
});

const planOf = ({ pos, person, rows }: StagedUser) => ({ pos, person, rows });
