import type { SourceId } from '../../core/values.ts';
import { askFor, claimGroup, giveBack, type Refusal } from '../../ledger/links/claims.ts';
import { type DueUser, endUnwritten, type Unwritten } from '../../ledger/plan/changes.ts';
import { recordGroup, type WrittenUser } from '../../ledger/plan/record-group.ts';
import { accountOf } from '../account-text.ts';
import { applyChanges, groupsFor } from '../at-target.ts';
import type { TargetAtRun } from '../open/connector.ts';
import type { Work } from '../work.ts';
import { type HeldClaim, holdClaim } from './hold-claim.ts';
import type { Lease } from './lease.ts';
import { type ToWrite, toWrite, type UnderClaim } from './to-write.ts';
import { endsOnePerson, nothingSent } from './write-until-answered.ts';
import { writtenUser } from './written-user.ts';

/**
 * Writes the people of a group under one claim and records the result, whatever happens on the way. Returns how many
 * have ended; the others are claimed by somebody else at the moment. A group takes about a second, so that between two
 * pieces of what it writes the slot is lent to a run of one person that waits.
 */
export const applyGroup = async (
  work: Work,
  target: TargetAtRun,
  users: readonly DueUser[],
  lend: Lease['lend'],
): Promise<number> => {
  const { ledger, run, call } = work;
  const since = performance.now();
  const writer = { connector: run.connector, target, run: run.id };
  const people = users.map((user) => ({ user, account: accountOf(user.account) }));
  const asked = people.map(({ user, account }) => ({ person: user.person, account: account.key, read: user.read }));
  const { claim, answers } = await claimGroup(ledger, writer, asked);
  const mine = people.flatMap(({ user, account }): UnderClaim[] => {
    const look = answers.get(user.person);
    return look?.refused === null ? [{ user, account, look }] : [];
  });
  const refused = asked.flatMap(({ person, account }) => {
    const why = answers.get(person)?.refused ?? null;
    return why === null ? [] : [{ person, account, why }];
  });
  await endUnwritten(ledger, { run: run.id, target: target.id }, refused.flatMap(unwritten));
  const claimed = refused.filter(({ why }) => why === 'claimed');
  if (run.person !== null) for (const { account } of claimed) await askFor(ledger, target.id, account);
  const written = new Map<SourceId, WrittenUser>();
  if (mine.length === 0) return users.length - claimed.length;
  const group = { target: target.id, claim, since, people: mine.map(named) };
  const held = holdClaim({ ledger, call }, group);
  try {
    const due = await toWrite({ ...work, call: held.call }, target, claim, mine);
    await writeAll(target, due, held, lend, written);
  } finally {
    held.end();
    const left = mine.filter(({ user }) => !written.has(user.person)).map(named);
    await giveBack(ledger, target.id, claim, left);
    await recordGroup(ledger, writer, claim, [...written.values()]);
  }
  return users.length - claimed.length - (mine.length - written.size);
};

const named = ({ user, account, look }: UnderClaim) => ({
  person: user.person,
  account: account.key,
  turn: look.turn,
});

/** Writes what the target takes in one request, one after the other; what ends more than one person ends the group. */
const writeAll = async (
  target: TargetAtRun,
  due: readonly ToWrite[],
  { call, begin }: HeldClaim,
  lend: Lease['lend'],
  written: Map<SourceId, WrittenUser>,
): Promise<void> => {
  for (const part of groupsFor(target, due)) {
    if (written.size > 0) await lend();
    call.signal.throwIfAborted();
    const begun = part.filter(({ user }) => begin(user.person));
    const sent = begun.filter(({ changes, ended }) => ended === null && changes.length > 0);
    const answers = await applyChanges(target, sent, call);
    for (const one of begun) {
      const answer = answers[sent.indexOf(one)] ?? { ...nothingSent(one), ended: one.ended };
      written.set(one.user.person, writtenUser(target, one, answer));
    }
    const ended = answers.map((one) => one.ended).find((each) => each !== null && !endsOnePerson(each));
    if (ended !== undefined) throw ended;
  }
};

/** How a person ends whom another run has read later, or whose account belongs to somebody else. */
const unwritten = ({ person, why }: { readonly person: SourceId; readonly why: Refusal }): readonly Unwritten[] => {
  if (why === 'newerRun') return [{ person, outcome: 'skipped', reason: 'newerRun' }];
  return why === 'taken' ? [{ person, outcome: 'ambiguous', reason: 'accountClaimedTwice' }] : [];
};
