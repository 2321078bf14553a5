import { Failure } from '../../core/failure.ts';
import { type Figure, judgePlan } from '../../core/plan/guard.ts';
import type { SourceId, SourceUser } from '../../core/values.ts';
import { linkedAccounts } from '../../ledger/links/linked-accounts.ts';
import { lookAt } from '../../ledger/links/look.ts';
import type { NewStagedUser } from '../../ledger/plan/staging.ts';
import { lastReadOf, lastReadPages } from '../../ledger/reading/last-read.ts';
import { linkedPeople } from '../../ledger/runs/impact.ts';
import { accountOf } from '../account-text.ts';
import { linkBasis } from '../digest.ts';
import type { OpenConnector, TargetAtRun } from '../open/connector.ts';
import { currentOf, stepFor } from '../plan/plan-user.ts';
import { planned } from '../plan/planned-user.ts';
import { stageUsers } from '../read/stage.ts';
import type { Asking } from '../work.ts';
import { countChanges, type WhatIfAttribute } from './count.ts';
import { type Unread, unreadBy, withoutUnread } from './unread.ts';

/**
 * What would become of the people at one target: of those linked to an account whether something would be written, cannot
 * be told without a read of the account, or nothing; `unlinked` are looked for at the target by a run; `left` are those
 * linked of the people out of scope.
 */
export type WhatIfTarget = {
  readonly planned: number;
  readonly unread: number;
  readonly unchanged: number;
  readonly unlinked: number;
  readonly outOfScope: number;
  readonly left: number;
  readonly skipped: number;
  readonly failed: number;
  /** Whether other rules would look for accounts: who is matched to whom is told by a plan only. */
  readonly matchesAnew: boolean;
  readonly attributes: readonly WhatIfAttribute[];
};

/** What a mapping would make of everybody as last read. It holds values. */
export type WhatIf = {
  readonly connector: string;
  readonly version: number;
  readonly read: { readonly run: string; readonly at: string; readonly people: number };
  /** What the last read cannot tell; these attributes count nowhere. */
  readonly unread: readonly Unread[];
  readonly targets: Readonly<Record<string, WhatIfTarget>>;
  /** What the guard would say, as far as it goes by changes of one run. */
  readonly figures: readonly Figure[];
};

/** How many people are worked on at once. */
const pageSize = 500;

/** A run that only plans, as the steps of a plan see it. */
const dryRun = { id: null, mode: 'full', intent: 'plan', person: null, retryOf: null } as const;

/**
 * Plans for everybody as they were last read, by the steps of any run, over what the ledger knows of their accounts:
 * neither provider nor target is asked. `stored` is the connector as it stands. Throws `conflict` before everybody was read.
 */
export const whatIf = async (asking: Asking, stored: OpenConnector): Promise<WhatIf> => {
  const { ledger, connector } = asking;
  const last = await lastReadOf(ledger, connector.id);
  if (last === null) {
    throw new Failure('conflict', `No read of everybody of ${connector.id} is kept yet.`, {
      remedy: `Run \`attune sync ${connector.id} --plan\` first: it reads everybody and writes nothing.`,
    });
  }
  const unread = unreadBy(connector.mapping, last.selection);
  const draft = { ...connector, mapping: withoutUnread(connector.mapping, unread) };
  const targets = new Map(
    [...connector.targets].map(([id, target]) => [
      id,
      { at: { ...target, basis: linkBasis(ledger, draft, id) }, tally: noTally(), counted: countChanges() },
    ]),
  );
  let people = 0;
  for await (const users of lastReadPages(ledger, connector.id, pageSize)) {
    asking.call.signal.throwIfAborted();
    people += users.length;
    const staged = await stageAll({ ...asking, connector: draft }, users);
    for (const [id, { at, tally, counted }] of targets) {
      tally.unchanged += staged.unchanged[id] ?? 0;
      for (const { outcome, people: some } of staged.ended.get(id) ?? []) {
        if (outcome === 'outOfScope') {
          tally.outOfScope += some.length;
          tally.left += (await linkedAccounts(ledger, { connector: connector.id, target: id }, some)).size;
        } else tally[outcome] += some.length;
      }
      await planPage({ ...asking, connector: draft }, at, staged.users.get(id) ?? [], tally, counted);
    }
  }
  const linked = await linkedPeople(ledger, { id: null, connector: connector.id }, [...targets.keys()]);
  const impact = {
    users: people,
    lastUsers: null,
    targets: [...targets].map(([target, { counted }]) => {
      return { target, linked: linked.get(target) ?? 0, newlyUnmatched: 0, ...counted.impact() };
    }),
  };
  const { figures } = judgePlan(connector.guard, { run: impact, window: impact });
  return {
    connector: connector.id,
    version: connector.version,
    read: { run: last.run, at: last.at.toISOString(), people },
    unread,
    targets: Object.fromEntries(
      [...targets].map(([id, { tally, counted }]) => {
        const matchesAnew = connector.mapping.matchRules.get(id) !== stored.mapping.matchRules.get(id);
        return [id, { ...tally, matchesAnew, attributes: counted.told() }];
      }),
    ),
    figures: figures.filter(({ over, rule }) => over === null && !unjudged.includes(rule)),
  };
};

/** What only a run can count: it reads the directory, and looks for accounts. */
const unjudged: readonly Figure['rule'][] = ['directoryShrink', 'newlyUnmatched'];

const noTally = () => ({
  planned: 0,
  unread: 0,
  unchanged: 0,
  unlinked: 0,
  outOfScope: 0,
  left: 0,
  skipped: 0,
  failed: 0,
});

type Ended = { readonly outcome: 'outOfScope' | 'skipped' | 'failed'; readonly people: readonly SourceId[] };

/** Maps a page of people as a read does, and sorts what came of it by target. */
const stageAll = async (asking: Asking, people: readonly SourceUser[]) => {
  const run = { ...dryRun, connector: asking.connector.id, version: asking.connector.version };
  const reading = {
    read: { number: 0, at: new Date(0) },
    positions: new Map<string, number>(),
    counted: new Set<string>(),
  };
  const { staged, outcomes, unchanged } = await stageUsers({ ...asking, run }, people, reading);
  const users = new Map<string, NewStagedUser[]>();
  for (const one of staged) users.set(one.target, [...(users.get(one.target) ?? []), one]);
  const ended = new Map<string, Ended[]>();
  for (const outcome of ['outOfScope', 'skipped', 'failed'] as const) {
    const some = Map.groupBy(
      outcomes.filter((one) => one.outcome === outcome),
      ({ target }) => target,
    );
    for (const [target, all] of some) {
      const one = { outcome, people: all.map(({ person }) => person) };
      ended.set(target, [...(ended.get(target) ?? []), one]);
    }
  }
  return { users, ended, unchanged };
};

/** Plans the candidates of a page at a target over what the ledger knows, as `planBatch` does over what it reads as well. */
const planPage = async (
  { ledger, connector }: Asking,
  target: TargetAtRun,
  users: readonly NewStagedUser[],
  tally: ReturnType<typeof noTally>,
  counted: ReturnType<typeof countChanges>,
): Promise<void> => {
  if (users.length === 0) return;
  const where = { connector: connector.id, target: target.id };
  const ids = users.map(({ person }) => person);
  const accounts = await linkedAccounts(ledger, where, ids);
  const at = new Map([...accounts].map(([person, text]) => [person, { text, account: accountOf(text) }]));
  const looks = await lookAt(
    ledger,
    where,
    [...at].map(([person, { account }]) => ({ person, account: account.key })),
  );
  // As if it had just been read: nothing that was read before may be taken for newer.
  const order = { version: connector.version, number: Number.POSITIVE_INFINITY };
  for (const user of users) {
    const [found, look] = [at.get(user.person), looks.get(user.person)];
    if (found === undefined || look === undefined) {
      tally.unlinked += 1;
      continue;
    }
    const { account, text } = found;
    const next = stepFor(target, dryRun.mode, { account, desired: user.desired, order, look });
    if (next.step === 'skip') {
      tally.skipped += 1;
      continue;
    }
    const values = look.values ?? new Map();
    const isKnown = (attribute: WhatIfAttribute['attribute']): boolean =>
      next.step === 'compare' || (!look.inDoubt && values.has(attribute) && values.get(attribute)?.unsure !== true);
    const known = new Map([...next.desired].filter(([attribute]) => isKnown(attribute)));
    const unknown = [...next.desired].flatMap(([one, want]) => (want.do === 'set' && !known.has(one) ? [one] : []));
    const candidate = {
      user: { ...user, account: text, looksAgain: false, unlisted: false },
      account,
      look,
      desired: known,
    };
    const { changes } = planned(dryRun, target, { ...candidate, kept: next.kept }, currentOf(values), null);
    counted.add(user.person, changes, unknown);
    tally[changes.length > 0 ? 'planned' : unknown.length > 0 ? 'unread' : 'unchanged'] += 1;
  }
};
