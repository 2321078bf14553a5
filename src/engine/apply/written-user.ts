import type { AttributeId, ChangeResult } from '../../core/profile.ts';
import { sentenceOf } from '../../core/report/reasons.ts';
import type { KnownProfile, KnownValue } from '../../ledger/links/known-profile.ts';
import type { ProfileRecord } from '../../ledger/links/profiles.ts';
import type { WrittenUser } from '../../ledger/plan/record-group.ts';
import type { NewOutcome } from '../../ledger/runs/outcomes.ts';
import { endOf } from '../at-target.ts';
import type { TargetAtRun } from '../open/connector.ts';
import { keptFactsOf } from '../plan/owned-by.ts';
import { isFresh, type ToWrite } from './to-write.ts';
import { type Answered, endsOnePerson, isOpen } from './write-until-answered.ts';

/**
 * What is recorded about a person. One whose writing was cut short is recorded as far as it was written and stays
 * planned; the digest is kept only if the account holds everything that is wanted and nothing can still arrive there.
 */
export const writtenUser = (
  target: TargetAtRun,
  one: ToWrite,
  { results, ended, unanswered }: Answered,
): WrittenUser => {
  const { user, account, look, kept } = one;
  const isSure = !unanswered && (isFresh(one) ? !look.inDoubt || look.canSettle : false);
  const isWhole = results.every(isWritten) && kept.size === 0 && !user.inPart;
  const record: ProfileRecord = {
    person: user.person,
    account: { key: account.key, text: user.account },
    basis: target.basis,
    values: knownAfter(one, results),
    digest: isSure && isWhole && ended === null ? user.digest : null,
    read: user.read,
  };
  const told = {
    person: user.person,
    account: account.key,
    befores: beforesOf(one),
    unanswered,
    settles: look.canSettle && (one.ended === null || endOfRead(one) === 'unmatched'),
    replaces: look.replaces,
  };
  const isTouched = unanswered || look.inDoubt || results.some(isWritten);
  const refused = refusals(one);
  if (endsOnePerson(ended)) {
    const why = endOf(ended);
    const reason = sentenceOf(why.reason, why.facts);
    const open = user.changes.filter(({ attribute }) => isOpenAt(results, attribute));
    const passed = open.map(({ attribute }) =>
      unanswered ? ({ attribute, status: 'unknown' } as const) : ({ attribute, status: 'rejected', reason } as const),
    );
    return {
      ...told,
      results: [...results.filter((result) => !isOpen(result)), ...passed],
      outcome: end(target, one, why),
      record: why.outcome === 'unmatched' ? 'accountGone' : isTouched ? record : null,
    };
  }
  if (ended !== null || results.some(isOpen)) {
    // Refused changes are read back with the rest, so that the person's result covers all their changes.
    const certain = results.filter((result) => isWritten(result) || result.status === 'unknown');
    return { ...told, results: certain, outcome: null, record: isTouched ? record : null };
  }
  return { ...told, results: [...results, ...refused], outcome: endOfWriting(target, one, results), record };
};

const endOfRead = ({ ended }: ToWrite) => (endsOnePerson(ended) ? endOf(ended).outcome : null);

const isOpenAt = (results: readonly ChangeResult[], attribute: AttributeId): boolean =>
  isOpen(results.find((result) => result.attribute === attribute));

/** What an account in doubt held before, where the plan had seen another value. */
const beforesOf = ({ user, changes }: ToWrite): ReadonlyMap<AttributeId, string | null> =>
  new Map(
    changes.flatMap(({ attribute, before }) => {
      const planned = user.changes.find((change) => change.attribute === attribute);
      return planned === undefined || planned.before === before ? [] : [[attribute, before] as const];
    }),
  );

/**
 * What the target is known to hold after some answers: what was written; after any other answer, nothing is certain.
 */
const knownAfter = ({ known, changes, kept }: ToWrite, results: readonly ChangeResult[]): KnownProfile => {
  const values = new Map<AttributeId, KnownValue>(known);
  for (const attribute of kept.keys()) values.delete(attribute);
  for (const { attribute, after } of changes) {
    const result = results.find((one) => one.attribute === attribute);
    if (result === undefined || result.status === 'unsent') continue;
    const before = values.get(attribute);
    if (isWritten(result)) values.set(attribute, { value: after, ours: true });
    else if (before !== undefined) values.set(attribute, { ...before, unsure: true });
  }
  return values;
};

const isWritten = (result: ChangeResult): boolean => result.status === 'applied' || result.status === 'already';

/** The changes that are not made because another connector keeps their attribute. */
const refusals = ({ user, kept }: ToWrite): readonly ChangeResult[] =>
  user.changes.flatMap(({ attribute }) => {
    const keeper = kept.get(attribute);
    return keeper === undefined
      ? []
      : [
          {
            attribute,
            status: 'rejected',
            reason: sentenceOf('ownedBy', { connector: keeper, attributes: [attribute] }),
          } as const,
        ];
  });

const endOfWriting = (target: TargetAtRun, one: ToWrite, results: readonly ChangeResult[]): NewOutcome => {
  const refused = results.filter((result) => result.status === 'rejected');
  if (refused.length > 0) {
    const said = [...new Set(refused.flatMap(({ reason }) => reason ?? []))].join(' ');
    return end(target, one, { outcome: 'failed', reason: 'refused', facts: { attributes: named(refused), said } });
  }
  const moved = results.filter((result) => result.status === 'moved');
  if (moved.length > 0) {
    return end(target, one, { outcome: 'skipped', reason: 'targetMoved', facts: { attributes: named(moved) } });
  }
  if (one.kept.size > 0)
    return end(target, one, { outcome: 'skipped', reason: 'ownedBy', facts: keptFactsOf(one.kept) });
  return end(target, one, { outcome: 'updated', reason: 'written' });
};

const named = (results: readonly ChangeResult[]): readonly AttributeId[] => results.map(({ attribute }) => attribute);

const end = (target: TargetAtRun, { user }: ToWrite, why: Omit<NewOutcome, 'target' | 'person'>): NewOutcome => ({
  target: target.id,
  person: user.person,
  ...why,
});
