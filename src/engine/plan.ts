import type { Call } from '../core/call.ts';
import { diff } from '../core/diff.ts';
import { isFailure } from '../core/failure.ts';
import type { AttributeId, Profile } from '../core/profile.ts';
import { type PlannedUser, storePlan } from '../ledger/changes.ts';
import type { Ledger } from '../ledger/open.ts';
import { type KnownProfile, knownProfiles, ownedElsewhere } from '../ledger/profiles.ts';
import type { Run } from '../ledger/runs.ts';
import { type Batch, matchedUsers, type StagedUser } from '../ledger/staging.ts';
import type { Account } from '../targets/target.ts';
import { accountOf } from './account-text.ts';
import type { OpenTarget } from './connector.ts';
import { inParallel, withSlots } from './lease.ts';

/** How many users are planned between two commits: what a killed worker has to do again at most. */
const chunkSize = 50;

type Place = { readonly id: string; readonly target: OpenTarget };

/**
 * Works out every change of a batch and stores it. The target is read only for people of whom the ledger knows no
 * values, or for all in a `verify` run. Nothing is written at the target.
 */
export const planBatch = async (ledger: Ledger, at: Place, run: Run, batch: Batch, call: Call): Promise<void> => {
  const users = await matchedUsers(ledger, run.id, at.id, batch);
  const place = { connector: run.connector, target: at.id, run: run.id };
  for (let start = 0; start < users.length; start += chunkSize) {
    const chunk = users.slice(start, start + chunkSize);
    const known = await knownProfiles(
      ledger,
      run.connector,
      at.id,
      chunk.map((user) => user.sourceId),
    );
    const accounts = new Map(chunk.map((user) => [user.pos, accountOf(user.account)]));
    const owners = await ownedElsewhere(
      ledger,
      run.connector,
      at.id,
      [...accounts.values()].map((one) => one.key),
    );
    const planned: PlannedUser[] = [];
    const toRead: { user: StagedUser; account: Account }[] = [];
    for (const user of chunk) {
      const account = accounts.get(user.pos) ?? accountOf(user.account);
      const skipped = skipReason(at, account, owners);
      const values = known.get(user.sourceId);
      if (skipped !== null) planned.push(ended(at, user, 'skipped', skipped));
      else if (values === undefined || run.mode === 'verify' || !covers(values.values, user))
        toRead.push({ user, account });
      else if (values.readAt > user.readAt) planned.push(ended(at, user, 'skipped', 'newerRun'));
      else planned.push(plan(at, run, user, account, current(values.values), values.values));
    }
    if (toRead.length > 0) {
      await withSlots(ledger, at, run.sourceId !== null, call, (slots, leased) =>
        inParallel(toRead, slots, async ({ user, account }) => {
          planned.push(await readAndPlan(at, run, user, account, known.get(user.sourceId)?.values, leased));
        }),
      );
    }
    await storePlan(ledger, place, planned);
  }
};

/** Whether the ledger knows every mapped attribute: a newly mapped one has to be read first. */
const covers = (known: KnownProfile, user: StagedUser): boolean =>
  [...user.desired.keys()].every((attribute) => known.has(attribute));

const skipReason = (at: Place, account: Account, owners: ReadonlyMap<string, string>): string | null => {
  if (at.target.target.protects(account)) return 'protected';
  if (!account.active) return 'inactive';
  const owner = owners.get(account.key);
  return owner === undefined ? null : `ownedBy:${owner}`;
};

const readAndPlan = async (
  at: Place,
  run: Run,
  user: StagedUser,
  account: Account,
  known: KnownProfile | undefined,
  call: Call,
): Promise<PlannedUser> => {
  try {
    const found = await at.target.target.readProfile(account, [...user.desired.keys()], call);
    return plan(at, run, user, account, found, known ?? new Map());
  } catch (error) {
    if (!isFailure(error) || (error.kind !== 'notFound' && error.kind !== 'rejected')) throw error;
    return error.kind === 'notFound'
      ? ended(at, user, 'unmatched', 'accountGone')
      : ended(at, user, 'failed', error.sentence);
  }
};

const plan = (
  at: Place,
  run: Run,
  user: StagedUser,
  account: Account,
  found: Profile,
  known: KnownProfile,
): PlannedUser => {
  const ours = new Set<AttributeId>();
  for (const [attribute, one] of known)
    if (one.ours && one.value === (found.get(attribute) ?? null)) ours.add(attribute);
  const { changes, adopted } = diff(user.desired, found, ours);
  if (changes.length > 0) {
    const outcome = { target: at.id, sourceId: user.sourceId, outcome: 'planned', reason: 'planned' } as const;
    return { pos: user.pos, sourceId: user.sourceId, changes, adopted: adopted.length, outcome, record: null };
  }
  // What removed rows wrote stays known, so that it can be listed and cleared.
  const values = new Map(known);
  for (const attribute of user.desired.keys()) {
    values.set(attribute, {
      value: found.get(attribute) ?? null,
      ours: ours.has(attribute) || adopted.includes(attribute),
    });
  }
  const record = {
    sourceId: user.sourceId,
    account: { key: account.key, text: user.account },
    values,
    digest: user.digest,
    readAt: user.readAt,
  };
  // A dry run leaves no trace: what it found equal is adopted by the run that may write.
  const kept = run.intent === 'plan' ? null : record;
  return { pos: user.pos, sourceId: user.sourceId, changes, adopted: adopted.length, outcome: null, record: kept };
};

const current = (known: KnownProfile): Profile =>
  new Map([...known].flatMap(([attribute, one]) => (one.value === null ? [] : [[attribute, one.value] as const])));

const ended = (
  at: Place,
  user: StagedUser,
  outcome: 'skipped' | 'unmatched' | 'failed',
  reason: string,
): PlannedUser => ({
  pos: user.pos,
  sourceId: user.sourceId,
  changes: [],
  adopted: 0,
  outcome: { target: at.id, sourceId: user.sourceId, outcome, reason },
  record: null,
});
