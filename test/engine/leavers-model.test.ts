import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Call } from '../../src/core/call.ts';
import { Failure } from '../../src/core/failure.ts';
import type { CompiledMapping } from '../../src/core/mapping/mapping.ts';
import type { LeaverSettings } from '../../src/core/people/leavers.ts';
import { type LeaverKind, leaverKinds } from '../../src/core/report/leaver-counts.ts';
import type { RunIntent } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { applyBatch } from '../../src/engine/apply/apply.ts';
import { closeRun } from '../../src/engine/close.ts';
import { judge } from '../../src/engine/judge.ts';
import { askLeavers } from '../../src/engine/leavers/ask.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { readAccounts } from '../../src/engine/plan/accounts.ts';
import { planBatch } from '../../src/engine/plan/plan.ts';
import { readOne, readPages } from '../../src/engine/read/read.ts';
import { targetAt, type Work } from '../../src/engine/work.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { createRun, findRun, pinRun } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import { newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping } from '../fixtures/runs.ts';

const names = ['ann', 'ben', 'cid'] as const;
type Name = (typeof names)[number];
type Where = 'here' | LeaverKind;

/**
 * What goes wrong with the source while a run reads: `glitch` leaves the first person out of the listing, `blind` does so
 * while nobody can be asked for by id.
 */
type Trouble = 'none' | 'listingDown' | 'noEnd' | 'byIdDown' | 'glitch' | 'blind';

type Step =
  | { readonly do: 'move'; readonly who: Name; readonly to: Where }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'run'; readonly kind: 'full' | 'delta' | 'plan'; readonly trouble: Trouble }
  | { readonly do: 'person'; readonly who: Name }
  | { readonly do: 'hand'; readonly who: Name };

const span = 3;
const rules = fc.constantFrom<LeaverSettings[LeaverKind]>('keep', { clear: `${span}h` }, { clear: '7h' });

const who = fc.constantFrom(...names);
const trouble = fc.constantFrom<Trouble>('none', 'none', 'none', 'listingDown', 'noEnd', 'byIdDown', 'glitch', 'blind');
const move = fc.record({
  do: fc.constant('move' as const),
  who,
  to: fc.constantFrom<Where>('here', ...leaverKinds),
});
// Most waits are of single hours, so that runs come about at every hour of a span, its first and its last too.
const wait = fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 1, 2, 3, span) });
const aRun = fc.record({
  do: fc.constant('run' as const),
  kind: fc.constantFrom('full' as const, 'full' as const, 'full' as const, 'delta' as const, 'plan' as const),
  trouble,
});
const nightly: Step = { do: 'run', kind: 'full', trouble: 'none' };

/** What happens, in parts of one to three steps: somebody moves and a run sees it, hours pass before a run, or anything. */
const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.oneof<fc.MaybeWeightedArbitrary<readonly Step[]>[]>(
      { weight: 3, arbitrary: move.map((one) => [one, nightly]) },
      { weight: 4, arbitrary: wait.map((one) => [one, nightly]) },
      { weight: 3, arbitrary: fc.tuple(wait, aRun) },
      { weight: 1, arbitrary: aRun.map((one) => [one]) },
      { weight: 1, arbitrary: who.map((one) => [{ do: 'person', who: one }]) },
      { weight: 1, arbitrary: who.map((one) => [{ do: 'hand', who: one }]) },
    ),
    { minLength: 4, maxLength: 12 },
  )
  .map((parts) => parts.flat());

/** Each leaves in a way of their own, or in the way after it. */
const leaves = (at: number, turn = 0): Step => ({
  do: 'move',
  who: names[at] ?? 'ann',
  to: leaverKinds[(at + turn) % leaverKinds.length] ?? 'deleted',
});
const leave = (turn = 0): readonly Step[] => names.map((_, at) => leaves(at, turn));
const back: readonly Step[] = names.map((one) => ({ do: 'move', who: one, to: 'here' }));
const hours = (count: number): readonly Step[] =>
  Array.from({ length: count }, (): readonly Step[] => [{ do: 'wait', hours: 1 }, nightly]).flat();
const oneHour: Step = { do: 'wait', hours: 1 };
const during = (of: Trouble): Step => ({ do: 'run', kind: 'full', trouble: of });

/** What happens to three leavers at some hour of their span, before the runs of the next night and those after it. */
const events: Readonly<Record<string, readonly Step[]>> = {
  nothing: [],
  'the listing breaks off': [during('noEnd'), during('listingDown')],
  'nobody can be asked for': [during('byIdDown'), during('byIdDown')],
  'only a plan is made': [{ do: 'run', kind: 'plan', trouble: 'none' }],
  'an increment sees them back, and they leave again': [
    ...back,
    { do: 'run', kind: 'delta', trouble: 'none' },
    ...leave(),
  ],
  'one by one they are seen back, and leave again': [
    ...back,
    ...names.map((one): Step => ({ do: 'person', who: one })),
    ...leave(),
  ],
  'they are back while nobody looks': [...back, ...leave()],
  'they leave in another way': leave(1),
  'somebody sets their values by hand': names.map((one) => ({ do: 'hand', who: one })),
};

/** What a plain reading of the rules says: who holds a value, and since when somebody is known to be gone, and how. */
const plainModel = (settings: LeaverSettings) => {
  const held = new Map<Name, boolean>(names.map((name) => [name, false]));
  const gone = new Map<Name, { readonly kind: LeaverKind; readonly since: number }>();
  const hoursOf = (kind: LeaverKind): number => {
    const rule = settings[kind];
    return rule === 'keep' ? Number.POSITIVE_INFINITY : Number(rule.clear.slice(0, -1));
  };
  /** A run that read the person: they take part, so that they get their value and nothing is left of their absence. */
  const takesPart = (name: Name, writes: boolean): void => {
    gone.delete(name);
    if (writes) held.set(name, true);
  };
  return {
    held,
    takesPart,
    /** A run whose read proves who is there has heard that somebody is gone. */
    isGone: (name: Name, kind: LeaverKind, now: number, answered: boolean, writes: boolean): void => {
      const before = gone.get(name);
      if (before?.kind === kind && now - before.since >= hoursOf(kind) && answered && writes) held.set(name, false);
      if (writes && held.get(name) !== undefined) gone.set(name, before?.kind === kind ? before : { kind, since: now });
    },
    isKnown: (name: Name) => gone.get(name),
  };
};

/** The title mapping, with people left out whose `scope` says so. */
const scopedMapping = (target: string): CompiledMapping => ({
  ...titleMapping([target]),
  evaluate: async (user) =>
    user.attributes.scope === 'out'
      ? new Map([[target, { kind: 'outOfScope', reason: 'outOfScope', facts: { scope: 'the connector' } }]])
      : titleMapping([target]).evaluate(user),
});

describe('leavers, against a plain model', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  const world = async (settings: LeaverSettings) => {
    const where = new Map<Name, Where>(names.map((name) => [name, 'here']));
    const log: Name[] = [];
    const state: { trouble: Trouble } = { trouble: 'none' };
    const userOf = (name: Name): SourceUser => ({
      id: name,
      attributes: { login: name, title: `Title of ${name}`, scope: where.get(name) === 'outOfScope' ? 'out' : 'in' },
    });
    const takesPart = (name: Name): boolean => ['here', 'outOfScope'].includes(where.get(name) ?? '');
    const source: IdentitySource = {
      ...memorySource(new Map(), 1).source,
      readPage: async (place) => {
        if (place.at === 'watermark') {
          const changed = new Set(log.slice(Number(place.watermark)));
          const users = [...changed].filter(takesPart).map(userOf);
          const removed = [...changed].filter((name) => !takesPart(name));
          return { users, bystanders: [], removed, end: { more: false, watermark: String(log.length) } };
        }
        const at = place.at === 'cursor' ? Number(place.cursor) : 0;
        if (at > 0 && state.trouble === 'listingDown') {
          throw new Failure('unavailable', 'The source does not answer.', { waitMs: 60_000 });
        }
        if (at > 0 && state.trouble === 'noEnd') throw new Failure('cursorExpired', 'The place is not held any more.');
        const listed = names.filter(takesPart).slice(losesFirst(state.trouble) ? 1 : 0);
        const users = listed.slice(at, at + 1).map(userOf);
        const more = at + 1 < listed.length || (at === 0 && isCut(state.trouble));
        const end = more ? { more, cursor: String(at + 1) } : { more, watermark: String(log.length) };
        return { users, bystanders: [], removed: [], end };
      },
      readUser: async (key) => {
        const name = names.find((one) => one === key);
        if (!answers(state.trouble)) throw new Failure('unavailable', 'No answer.', { waitMs: 60_000 });
        if (name === undefined || where.get(name) === 'deleted') return null;
        if (where.get(name) === 'disabled') throw new Failure('rejected', 'Left out.', { leftOut: 'disabled' });
        return userOf(name);
      },
    };
    const jira = memoryTarget(names.map((name) => ({ key: `key-${name}`, username: name, email: null, active: true })));
    const id = randomUUID();
    // Each world has a target of its own: at a shared one the first connector would keep the accounts.
    const at = `jira-${id}`;
    const definition = { connector: id, managedBy: 'file', definition: {}, createdBy: 'test', comment: null } as const;
    const connector: OpenConnector = {
      id,
      version: await storeConnector(ledger, definition),
      source,
      targets: new Map([[at, openTarget(at, jira.target, 2)]]),
      mapping: scopedMapping(at),
      guard: defaultGuard,
      leavers: settings,
      patienceMs: 0,
    };
    return { where, log, state, jira, connector };
  };

  const call: Call = {
    signal: new AbortController().signal,
    deadline: Number.POSITIVE_INFINITY,
    count: () => undefined,
  };

  /** The steps of a run as its workflow takes them; true when it came to its end. */
  const run = async (
    connector: OpenConnector,
    mode: 'full' | 'delta',
    intent: RunIntent,
    person: string | null,
  ): Promise<boolean> => {
    const id = randomUUID();
    await createRun(ledger, { ...newRun(id, connector.id), mode, intent, person });
    await pinRun(ledger, { id, version: connector.version, targets: [...connector.targets.keys()], warnings: [] });
    const work = async (): Promise<Work> => {
      const found = await findRun(ledger, id);
      assert.ok(found);
      return { ledger, connector, run: found, call, now: Date.now };
    };
    try {
      if (person !== null) await readOne(await work());
      else if ((await readPages(await work())).everybody) await askLeavers(await work());
      const target = targetAt(await work(), `jira-${connector.id}`);
      await readAccounts(await work(), target);
      await planBatch(await work(), target, { from: 0, to: 100 });
      await judge(await work());
      if (intent === 'apply') await applyBatch(await work(), target, { from: 0, to: 100 });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { kind, message } = error;
      await closeRun(ledger, id, { status: 'failed', failure: { kind, message } });
      return false;
    }
    const report = await closeRun(ledger, id, { status: intent === 'plan' ? 'planned' : 'done', failure: null });
    assert.ok(['done', 'planned'].includes(report.status), report.failure?.message);
    return true;
  };

  /** Takes the steps, and holds what stands at the target against the model after each. */
  const follow = async (plan: readonly Step[], settings: LeaverSettings): Promise<void> => {
    const { where, log, state, jira, connector } = await world(settings);
    const model = plainModel(settings);
    const told: string[] = [];
    let now = 0;
    let mark: number | null = null;
    /** Accounts whose value somebody set by hand: whoever leaves, it is not ours to clear. */
    const byHand = new Set<Name>();
    const isHere = (name: Name): boolean => where.get(name) === 'here';
    for (const step of plan) {
      told.push(JSON.stringify(step));
      if (step.do === 'move') {
        where.set(step.who, step.to);
        log.push(step.who);
      } else if (step.do === 'wait') {
        now += step.hours;
        await sql`update leaver set since = since - make_interval(hours => ${step.hours}),
          asked_at = asked_at - make_interval(hours => ${step.hours}) where connector = ${connector.id}`.execute(
          ledger.db,
        );
      } else if (step.do === 'hand') {
        const key = `key-${step.who}`;
        jira.held.set(key, new Map([...(jira.held.get(key) ?? []), ['userProperty:Title', 'By hand']]));
        byHand.add(step.who);
      } else if (step.do === 'person') {
        state.trouble = 'none';
        if (await run(connector, 'full', 'apply', step.who)) if (isHere(step.who)) model.takesPart(step.who, true);
      } else {
        state.trouble = step.trouble;
        const writes = step.kind !== 'plan';
        const isDelta: boolean = step.kind === 'delta' && mark !== null;
        const ended = await run(connector, step.kind === 'delta' ? 'delta' : 'full', writes ? 'apply' : 'plan', null);
        const listed = names.filter((name) => isHere(name) || where.get(name) === 'outOfScope');
        const reads = isDelta
          ? names.filter((name) => log.slice(mark ?? 0).includes(name) && isHere(name))
          : listed.slice(losesFirst(step.trouble) ? 1 : 0).filter((_, at) => at === 0 || !isCut(step.trouble));
        assert.equal(ended, isDelta || step.trouble !== 'listingDown', told.join('\n'));
        // Whoever was read takes part, whatever became of the run.
        for (const name of reads) if (isHere(name)) model.takesPart(name, writes && ended);
        const proves = !isDelta && !isCut(step.trouble);
        for (const name of proves ? names : []) {
          const at = where.get(name) ?? 'here';
          const answered = answers(step.trouble);
          const isMissing = !listed.includes(name);
          if (at === 'here') {
            if (!reads.includes(name) && answered) model.takesPart(name, false);
          } else if (!isMissing && reads.includes(name)) model.isGone(name, at, now, answered, writes);
          else if (answered) model.isGone(name, at, now, true, writes);
        }
        if (writes && ended && (isDelta || proves)) mark = log.length;
      }
      for (const name of names) {
        const stands = jira.held.get(`key-${name}`)?.get('userProperty:Title') ?? null;
        if (byHand.has(name)) {
          assert.notEqual(stands, null, `${name}, set by hand, at hour ${now}:\n${told.join('\n')}`);
          // A run that wrote the person takes the value over again.
          if (stands === 'By hand') continue;
          byHand.delete(name);
        }
        const wanted = model.held.get(name) ? `Title of ${name}` : null;
        assert.equal(stands, wanted, `${name}, ${JSON.stringify(settings)}, at hour ${now}:\n${told.join('\n')}`);
      }
    }
  };

  it('clears no value that the model keeps, and each that it clears, whatever happens', () =>
    fc.assert(
      fc.asyncProperty(steps, rules, rules, rules, (plan, disabled, outOfScope, deleted) =>
        follow([nightly, ...plan], { disabled, outOfScope, deleted }),
      ),
      { numRuns: 12 },
    ));

  for (const [name, event] of Object.entries(events)) {
    it(`at every hour of the span, when ${name}`, async () => {
      const rule = { clear: `${span}h` };
      // They leave an hour after each other: what happens meets each at another hour, from the first to the last.
      const leaving = [leaves(0), nightly, oneHour, leaves(1), nightly, oneHour, leaves(2), nightly];
      for (const later of [[], [oneHour]]) {
        const plan = [nightly, ...leaving, ...later, ...event, nightly, ...hours(span + 1), ...back, nightly];
        await follow(plan, { disabled: rule, outOfScope: rule, deleted: rule });
      }
    });
  }

  it('no span begins with a plan', async () => {
    const rule = { clear: `${span}h` };
    const plan: Step = { do: 'run', kind: 'plan', trouble: 'none' };
    const looked = [...leave(), plan, oneHour, plan, oneHour, nightly, ...hours(span + 1)];
    await follow([nightly, ...looked], { disabled: rule, outOfScope: rule, deleted: rule });
  });

  for (const cleared of leaverKinds) {
    it(`the values of ${cleared} people alone are cleared where those of the others are kept`, async () => {
      const settings: LeaverSettings = {
        disabled: 'keep',
        outOfScope: 'keep',
        deleted: 'keep',
        [cleared]: { clear: `${span}h` },
      };
      await follow([nightly, ...leave(), nightly, ...hours(2 * span + 2)], settings);
    });
  }

  it('of people whom the source never answered about nothing is cleared, however long it is silent', async () => {
    const rule = { clear: `${span}h` };
    const silent = [during('blind'), ...Array.from({ length: span + 1 }, () => [oneHour, during('blind')]).flat()];
    await follow([nightly, ...silent, nightly], { disabled: rule, outOfScope: rule, deleted: rule });
    const gone = [...leave(), during('byIdDown'), ...hours(span + 2)];
    await follow([nightly, ...gone], { disabled: rule, outOfScope: rule, deleted: rule });
  });
});

/** Whether a listing with this trouble breaks off behind its first page. */
const isCut = (of: Trouble): boolean => of === 'listingDown' || of === 'noEnd';

/** Whether a listing with this trouble lacks its first person, and whether somebody can be asked for by id. */
const losesFirst = (of: Trouble): boolean => of === 'glitch' || of === 'blind';
const answers = (of: Trouble): boolean => of !== 'byIdDown' && of !== 'blind';
