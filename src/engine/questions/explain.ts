import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { MappingStep, TargetEvaluation } from '../../core/mapping/mapping.ts';
import type { ReadOrder } from '../../core/people/read-moment.ts';
import type { Decision } from '../../core/plan/diff.ts';
import type { DesiredProfile, Profile } from '../../core/profile.ts';
import { keptSaid } from '../../core/report/kept.ts';
import type { Outcome } from '../../core/report/outcome.ts';
import { type Reason, type ToldReason, toldReason } from '../../core/report/reasons.ts';
import type { JsonObject, SourceUser } from '../../core/values.ts';
import { lookAt } from '../../ledger/links/look.ts';
import { heldDigests } from '../../ledger/links/profiles.ts';
import type { Ledger } from '../../ledger/open.ts';
import { openChangesAt } from '../../ledger/plan/doubts.ts';
import type { Account } from '../../targets/target.ts';
import { withOneSlot } from '../apply/lease.ts';
import { endOf } from '../at-target.ts';
import { linkBasis, profileDigest } from '../digest.ts';
import type { TargetAtRun } from '../open/connector.ts';
import { keptFactsOf } from '../plan/owned-by.ts';
import { compared, stepFor } from '../plan/plan-user.ts';
import { withOwnGroups } from '../read/groups.ts';
import { withOwnManager } from '../read/managers.ts';
import type { Asking } from '../work.ts';
import { type Attempt, findAccount } from './find-account.ts';

/** What a run would do for one person at one target, and every step on the way. It holds values. */
export type TargetExplanation = {
  readonly steps: readonly MappingStep[];
  readonly attempts: readonly Attempt[];
  /** The account and what found it: `byHand`, `remembered` from an earlier run, or `match`. */
  readonly account: { readonly username: string; readonly by: 'byHand' | 'remembered' | 'match' } | null;
  /** Whether the present values were read now or are those the ledger remembers, as a run would take them. */
  readonly current: 'read' | 'remembered' | null;
  readonly attributes: readonly Decision[];
  readonly outcome: Outcome;
} & ToldReason;

/** The same before its reason is told. */
type Explained = Omit<TargetExplanation, keyof ToldReason> & { readonly why: Reason };

/** What a run would do for one person, at every target. */
export type Explanation = {
  readonly connector: string;
  readonly version: number;
  readonly person: string;
  /** The attributes of the person that the mapping reads, as the source gives them. */
  readonly source: JsonObject;
  readonly scope: boolean;
  readonly targets: Readonly<Record<string, TargetExplanation>>;
};

/** Reads and plans for one person and tells every step. Nothing is written, neither at a target nor in the ledger. */
export const explainUser = async (asking: Asking, found: SourceUser): Promise<Explanation> => {
  const { connector, ledger } = asking;
  const user = await withOwnManager(asking, await withOwnGroups(asking, found));
  // It has just been read: nothing that was read before may be taken for newer.
  const order = { version: connector.version, number: Number.POSITIVE_INFINITY };
  const steps: MappingStep[] = [];
  const evaluations = await connector.mapping.evaluate(user, (step) => steps.push(step));
  const targets = await Promise.all(
    [...evaluations].map(async ([id, evaluation]) => {
      const target = connector.targets.get(id);
      if (target === undefined) throw new Error(`the connector has no target ${id}`);
      const atRun = { ...target, basis: linkBasis(ledger, connector, id) };
      const told = steps.filter((step) => step.target === id);
      const asked = { connector: connector.id, person: user.id, order, steps: told };
      const { why, ...rest } = withKept(await explainTarget(asking, atRun, asked, evaluation), evaluation);
      return [id, { ...rest, ...toldReason(why) }] as const;
    }),
  );
  return {
    connector: connector.id,
    version: connector.version,
    person: user.id,
    source: user.attributes,
    scope: steps.some((step) => step.target === null && step.step === 'scope' && step.holds),
    targets: Object.fromEntries(targets),
  };
};

/** "Unchanged" is not the whole truth where a value the directory gives is kept back: the headline says so. */
const withKept = (explained: Explained, evaluation: TargetEvaluation): Explained => {
  if (explained.outcome !== 'unchanged' || evaluation.kind !== 'mapped') return explained;
  const decided = explained.attributes.filter(
    ({ decision, why }) => decision === 'keep' && why.startsWith('overwrite'),
  );
  const attributes = [...evaluation.kept, ...decided].map(({ attribute }) => attribute);
  if (attributes.length === 0) return explained;
  const said = [...evaluation.kept.map(({ reason }) => keptSaid[reason]), ...decided.map(({ why }) => why)];
  return {
    ...explained,
    why: { reason: 'keptBack', facts: { attributes: [...new Set(attributes)], said: [...new Set(said)].join('; ') } },
  };
};

type Asked = {
  readonly connector: string;
  readonly person: string;
  readonly order: ReadOrder;
  readonly steps: readonly MappingStep[];
};

const explainTarget = async (
  { ledger, call }: Asking,
  target: TargetAtRun,
  asked: Asked,
  evaluation: TargetEvaluation,
): Promise<Explained> => {
  const start: Explained = {
    steps: asked.steps,
    attempts: [],
    account: null,
    current: null,
    attributes: [],
    outcome: 'failed',
    why: { reason: 'stepFailed' },
  };
  if (evaluation.kind !== 'mapped') {
    const { kind: outcome, ...why } = evaluation;
    return { ...start, outcome, why };
  }
  return withOneSlot({ ledger, call }, target, async (leased) => {
    try {
      const found = await findAccount(ledger, target, asked, evaluation.match, leased);
      const told = { ...start, attempts: found.attempts };
      const held = await isHeld(ledger, target, asked, evaluation);
      if (held && found.account === null) return { ...told, outcome: 'unchanged', why: { reason: 'heldAlready' } };
      if (found.account === null) return { ...told, outcome: found.outcome, why: found.why };
      const { account, by } = found;
      const known = { ...told, account: { username: account.username, by } };
      const decision = await decide(ledger, target, asked, { account, desired: evaluation.desired, held }, leased);
      return { ...known, ...decision };
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { ...start, why: { reason: 'stepFailed', facts: { said: error.sentence } } };
    }
  });
};

/** Whether a run would pass the person over without a look: the target is known to hold exactly what is wanted. */
const isHeld = async (
  ledger: Ledger,
  target: TargetAtRun,
  { connector, person }: Asked,
  { desired, match }: Extract<TargetEvaluation, { kind: 'mapped' }>,
): Promise<boolean> => {
  const known = (await heldDigests(ledger, connector, [person])).get(target.id)?.get(person);
  return known?.equals(profileDigest(ledger, target.basis, desired, match)) ?? false;
};

type Decided = Pick<Explained, 'current' | 'attributes' | 'outcome' | 'why'>;

const decide = async (
  ledger: Ledger,
  target: TargetAtRun,
  { connector, person, order }: Asked,
  { account, desired, held }: { account: Account; desired: DesiredProfile; held: boolean },
  call: Call,
): Promise<Decided> => {
  const look = (await lookAt(ledger, { connector, target: target.id }, [{ person, account: account.key }])).get(person);
  if (look === undefined) throw new Error('the ledger gave no answer about the account');
  const where = { connector, target: target.id, but: null };
  const open = look.inDoubt ? ((await openChangesAt(ledger, where, [account.key])).get(account.key) ?? []) : [];
  const next = stepFor(target, 'full', { account, desired, order, look });
  if (next.step === 'skip') {
    const passed = { current: null, attributes: [] } as const;
    return held
      ? { ...passed, outcome: 'unchanged', why: { reason: 'heldAlready' } }
      : { ...passed, outcome: 'skipped', why: next.why };
  }
  let found: Profile;
  try {
    found = next.step === 'compare' ? next.current : await target.readProfile(account, [...next.desired.keys()], call);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const told = { current: 'read', attributes: [] } as const;
    const { outcome, ...why } = endOf(error);
    return { ...told, outcome, why };
  }
  const { decisions } = compared(next.desired, found, look.values ?? new Map(), open);
  const changes = decisions.some(({ decision }) => decision === 'set' || decision === 'clear');
  const told = { current: next.step === 'read' ? 'read' : 'remembered', attributes: decisions } as const;
  if (next.kept.size > 0) {
    const facts = keptFactsOf(next.kept);
    return changes
      ? { ...told, outcome: 'planned', why: { reason: 'planned', facts } }
      : { ...told, outcome: 'skipped', why: { reason: 'ownedBy', facts } };
  }
  return {
    ...told,
    outcome: changes ? 'planned' : 'unchanged',
    why: { reason: changes ? 'planned' : 'inTune' },
  };
};
