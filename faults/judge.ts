import { z } from 'zod';
import type { Written } from './journal.ts';
import { type Difference, loginOf, placeOf, type TablePerson } from './table.ts';
import type { Change, Run } from './wire.ts';

/** A stored change; `foundLater` when a read after the run's report found it written, which the report could not know. */
export type ToldChange = Change & { readonly foundLater: boolean };

/**
 * An ended run with what it tells, and since when its plan might be carried out, in milliseconds: from its start, or from
 * the moment somebody approved it; null when nobody did.
 */
export type Told = {
  readonly run: Run;
  readonly changes: readonly ToldChange[];
  readonly mayWriteSince: number | null;
};

/** All that is known when a round is over. */
export type Observed = {
  /** The runs that ended in this round. */
  readonly ended: readonly Told[];
  /** Every run so far. */
  readonly all: readonly Told[];
  readonly people: readonly TablePerson[];
  /** Every value the products have taken so far. */
  readonly writes: readonly Written[];
  /** When somebody put another value there by hand, in milliseconds, by place. */
  readonly handEdits: ReadonlyMap<string, readonly number[]>;
  readonly differences: readonly Difference[];
  /** What goes on, or is held, though nothing should be; what did not come in time. */
  readonly hangs: readonly string[];
};

/** What was found wrong, each with a sentence that holds no value of anybody. */
export type Verdict = {
  readonly lost: readonly string[];
  readonly invented: readonly string[];
  readonly outOfPlan: readonly string[];
  readonly resent: readonly string[];
  readonly falseReports: readonly string[];
  readonly hangs: readonly string[];
};

const outcomes = ['unchanged', 'updated', 'planned', 'unmatched', 'ambiguous', 'outOfScope', 'skipped', 'failed'];
const counts = z.record(z.string(), z.unknown());
const Changes = z.record(z.string(), z.number());
const plain = (attribute: string): string => attribute.replace(/^(field|userProperty):/, '');

/** The value of a change or of a write, so that both can be compared. */
const valueAt = (where: string, value: string | null): string => `${where} ${value ?? ''}`;
const placeIn = (key: string): string => key.split(' ').slice(0, 3).join(' ');

const writtenKey = ({ product, account, attribute, value }: Omit<Written, 'n' | 'at'>): string =>
  valueAt(placeOf(product, account.toLowerCase(), plain(attribute)), value);

const changeKey =
  (logins: ReadonlyMap<string, string>) =>
  ({ target, person, attribute, after }: Change): string =>
    writtenKey({ product: target, account: logins.get(person) ?? '', attribute, value: after });

const isMade = ({ status }: Change): boolean => status === 'applied' || status === 'already';

/**
 * Whether a change has no end yet. Of one that was sent and never answered nobody can know it: a run with failures says
 * why it gave up on it, and the account is in doubt.
 */
const isOpen = ({ status, reason }: Change, reported: string): boolean =>
  status === 'planned' || (status === 'begun' && (reason === null || reported !== 'doneWithFailures'));

/** Whether a report may stand over changes that somebody still has to decide: only one that says so. */
const isDone = (status: string): boolean => status === 'done' || status === 'doneWithFailures';
const holdsPlan = (status: string): boolean => status === 'planned' || status === 'awaitingApproval';

/** What an ended run says that does not add up with itself. */
const miscounted = ({ run, changes }: Told): string[] => {
  const { id, status, report } = run;
  if (report == null) return status === 'skipped' ? [] : [`${id} (${status}) ended without a report`];
  const wrong: string[] = [];
  for (const [target, told] of Object.entries(report.targets)) {
    const of = (name: string): number => z.number().catch(0).parse(counts.parse(told)[name]);
    const sum = outcomes.reduce((total, name) => total + of(name), 0);
    const where = `${id} (${report.status}) at ${target}`;
    if (report.read.complete && report.status !== 'failed' && sum !== report.read.users) {
      wrong.push(`${where}: ${report.read.users} read, ${sum} accounted for`);
    }
    if (isDone(report.status) && of('planned') > 0) wrong.push(`${where}: done, with ${of('planned')} planned`);
    const mine = changes.filter((change) => change.target === target);
    const open = mine.filter((one) => isOpen(one, report.status)).length;
    if (isDone(report.status) && open > 0) wrong.push(`${where}: done, with ${open} changes undecided`);
    // What a plan tells is what it would write; a plan that was replaced or turned down keeps the report it had.
    if (holdsPlan(report.status) || status === 'superseded' || status === 'rejected') continue;
    const made = mine.filter((one) => isMade(one) && !one.foundLater);
    const set = made.filter(({ after }) => after !== null).length;
    for (const [name, listed] of Object.entries({ set, cleared: made.length - set })) {
      const tells = Changes.parse(told.changes)[name];
      if (tells !== listed) wrong.push(`${where}: ${tells} ${name}, but ${listed} listed`);
    }
  }
  return wrong;
};

/** Holds what an ended run tells against the products' own journals as they were when its report was made. */
const unproven = ({ run, changes }: Told, key: (change: Change) => string, first: ReadonlyMap<string, Written>) => {
  const reported = Date.parse(run.finishedAt ?? '');
  return changes
    .filter(({ status }) => status === 'applied')
    .flatMap((change): string[] => {
      const one = key(change);
      const at = first.get(one)?.at;
      if (at === undefined) return [`${run.id}: ${placeIn(one)} is told as written and was not`];
      return at > reported && !change.foundLater ? [`${run.id}: ${placeIn(one)} was written after the report`] : [];
    });
};

/** The writes that repeat what had just been written there and still stood there. */
const repeated = (writes: readonly Written[], handEdits: Observed['handEdits']): string[] => {
  const last = new Map<string, Written>();
  return writes.flatMap((one): string[] => {
    const where = placeOf(one.product, one.account, one.attribute);
    const before = last.get(where);
    last.set(where, one);
    if (before === undefined || before.value !== one.value) return [];
    const edited = handEdits.get(where)?.some((at) => at >= before.at && at <= one.at) ?? false;
    return edited ? [] : [`${where} (request ${one.n})`];
  });
};

/** Judges what was seen at the end of a round. */
export const judge = ({ ended, all, people, writes, handEdits, differences, hangs }: Observed): Verdict => {
  const key = changeKey(new Map(people.map((person) => [person.id, loginOf(person)])));
  const first = new Map<string, Written>();
  for (const one of writes) if (!first.has(writtenKey(one))) first.set(writtenKey(one), one);
  const changes = all.flatMap((told) => told.changes);
  const mayBeWritten = new Map<string, number>();
  for (const { changes, mayWriteSince } of all) {
    if (mayWriteSince === null) continue;
    for (const one of changes.map(key)) {
      mayBeWritten.set(one, Math.min(mayWriteSince, mayBeWritten.get(one) ?? mayWriteSince));
    }
  }
  const isPlanned = (one: string, { at }: Written): boolean =>
    at >= (mayBeWritten.get(one) ?? Number.POSITIVE_INFINITY);
  const told = new Set(changes.filter((one) => isMade(one) || one.status === 'begun').map(key));
  const took = [...first];
  const where = (kind: Difference['kind']) => differences.filter((one) => one.kind === kind).map((one) => one.where);
  return {
    lost: where('lost'),
    invented: where('invented'),
    outOfPlan: took
      .filter(([one, write]) => !isPlanned(one, write))
      .map(([one, { n }]) => `${placeIn(one)} (request ${n})`),
    resent: repeated(writes, handEdits),
    falseReports: [
      ...ended.flatMap(miscounted),
      ...ended.flatMap((one) => unproven(one, key, first)),
      ...took
        .filter(([one, write]) => isPlanned(one, write) && !told.has(one))
        .map(([one, { n }]) => `${placeIn(one)} (request ${n}) was written and no run tells it`),
    ],
    hangs,
  };
};

/** The names under which a verdict counts. */
export const kindsOfWrong = ['lost', 'invented', 'outOfPlan', 'resent', 'falseReports', 'hangs'] as const;
