import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { CompiledMapping } from '../../src/core/mapping/mapping.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { SourceUser } from '../../src/core/values.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { readPages } from '../../src/engine/read/read.ts';
import { sealAccount } from '../../src/ledger/links/accounts.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { matchedUsers } from '../../src/ledger/plan/staging.ts';
import { moveWatermark } from '../../src/ledger/reading/watermarks.ts';
import { createRun, findRun } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import { newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource } from '../fixtures/directory.ts';
import { defaultGuard, titleMapping } from '../fixtures/runs.ts';

const logins = ['ann', 'ben', 'cid', 'dot', 'eve'];

const byId = (one: SourceUser, other: SourceUser): number => (one.id < other.id ? -1 : 1);

/** An edit of the directory; a title of `out` puts the person out of scope, one of `bad` makes the mapping fail. */
type Edit = { readonly who: string; readonly title: string | null };

const edit: fc.Arbitrary<Edit> = fc.record({
  who: fc.constantFrom(...logins),
  title: fc.constantFrom('One', 'Two', 'Three', 'out', 'bad', null),
});
const moments = fc.array(fc.array(edit, { maxLength: 3 }), { maxLength: 8 });
const rounds = fc.array(
  fc.record({ mode: fc.constantFrom('full' as const, 'delta' as const), moments, pauses: fc.array(fc.boolean()) }),
  { minLength: 1, maxLength: 4 },
);

/**
 * A directory with a log of changes, read two at a time; `between` is called before each request and again when its
 * answer is made, so that edits fall on every step of a read.
 */
const changingDirectory = (keepsManagers: boolean) => {
  const people = new Map<string, SourceUser>();
  const log: string[] = [];
  const put = ({ who, title }: Edit): void => {
    if (title === null) people.delete(who);
    else people.set(who, { id: who, attributes: { login: who, title } });
    log.push(who);
  };
  const state = { between: (): void => undefined };
  const { source: plain } = memorySource(people, 2);
  const source: IdentitySource = {
    ...plain,
    managers: keepsManagers ? { keyOf: () => null, namesOf: ({ id }) => [id] } : null,
    readPage: async (place) => {
      state.between();
      const at: { list: string | null; changes: number } =
        place.at === 'start'
          ? { list: '', changes: log.length }
          : place.at === 'watermark'
            ? { list: null, changes: Number(place.watermark) }
            : JSON.parse(place.cursor);
      const answer = (): Awaited<ReturnType<IdentitySource['readPage']>> => {
        if (at.list !== null) {
          const { list: behind } = at;
          const left = [...people.values()].filter(({ id }) => id > behind).toSorted(byId);
          const users = left.slice(0, 2);
          const list = left.length > 2 ? (users.at(-1)?.id ?? null) : null;
          return { users, bystanders: [], removed: [], end: { more: true, cursor: JSON.stringify({ ...at, list }) } };
        }
        const behind = Math.min(at.changes + 2, log.length);
        const ids = [...new Set(log.slice(at.changes, behind))];
        const end =
          behind < log.length
            ? ({ more: true, cursor: JSON.stringify({ list: null, changes: behind }) } as const)
            : ({ more: false, watermark: String(behind) } as const);
        return {
          users: ids.flatMap((id) => people.get(id) ?? []),
          bystanders: [],
          removed: ids.filter((id) => !people.has(id)),
          end,
        };
      };
      const page = answer();
      state.between();
      return page;
    },
  };
  return { people, log, put, state, source };
};

const byTitle = titleMapping(['jira']);
const mapping = (keepsManagers: boolean): CompiledMapping => ({
  ...byTitle,
  selection: [...byTitle.selection, ...(keepsManagers ? ['manager.title'] : [])],
  evaluate: async (user) => {
    const { title } = user.attributes;
    if (title === 'out') return new Map([['jira', { kind: 'outOfScope', reason: 'outOfScope' }]]);
    if (title === 'bad') return new Map([['jira', { kind: 'failed', reason: 'mappingFailed' }]]);
    return byTitle.evaluate(user);
  },
});

describe('a read of a directory that is edited at every step', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  const call = { signal: new AbortController().signal, deadline: 1, count: () => undefined };

  /** Reads to the end, in as many slices as there are pauses, and gives what the run is about to bring the target. */
  const read = async (connector: OpenConnector, mode: 'full' | 'delta', pauses: boolean[] | 'always') => {
    const id = randomUUID();
    await createRun(ledger, { ...newRun(id, connector.id), mode });
    const left = pauses === 'always' ? pauses : [...pauses];
    for (let steps = 1; ; steps += 1) {
      assert.ok(steps < 100, 'it comes to its end');
      const run = await findRun(ledger, id);
      assert.ok(run);
      const work = { ledger, connector, run, call, now: () => (left === 'always' || left.shift() ? 1 : 0) };
      if ((await readPages(work)).ended) break;
    }
    const run = await findRun(ledger, id);
    assert.ok(run);
    const { rows } = await sql<{ users: number; seen: string[]; unchanged: number; staged: number; ended: number }>`
      select coalesce(sum(users), 0)::integer as users,
        coalesce((select array_agg(s) from read_page p, unnest(p.seen) s
          where p.run = ${id} and p.read_no = ${run.readNo}), '{}') as seen,
        coalesce(sum((unchanged ->> 'jira')::integer), 0)::integer as unchanged,
        (select count(*)::integer from staged_user where run = ${id}) as staged,
        (select count(*)::integer from outcome where run = ${id}) as ended
      from read_page where run = ${id} and read_no = ${run.readNo}`.execute(ledger.db);
    const [sums] = rows;
    assert.ok(sums);
    assert.equal(sums.users, sums.unchanged + sums.staged + sums.ended, 'everybody read is accounted for');
    assert.equal(new Set(sums.seen).size, sums.users, 'and counted once');
    const account = { digest: Buffer.from('account'), text: 'an account' };
    await sql`update staged_user set state = 'matched', account_digest = ${account.digest},
      account_sealed = ${sealAccount(ledger, 'jira', account)} where run = ${id}`.execute(ledger.db);
    const staged = await matchedUsers(ledger, id, 'jira', { from: 0, to: 1_000_000 });
    for (const { person, digest } of staged) {
      await sql`insert into profile (connector, target, person, digest, source_read_at, last_run)
        values (${connector.id}, 'jira', ${person}, ${digest}, now(), ${id})
        on conflict (connector, target, person) do update set digest = excluded.digest`.execute(ledger.db);
    }
    await moveWatermark(ledger, run);
    // The guard has judged it, so that its match is proven and later runs may take people for unchanged.
    await sql`update run set guard = '{"breaches": []}', report = '{"read": {"complete": true}}' where id = ${id}`.execute(
      ledger.db,
    );
    return staged;
  };

  for (const keepsManagers of [false, true]) {
    it(`loses nothing between two places${keepsManagers ? ', nor where people are kept for their managers' : ''}`, () =>
      fc.assert(
        fc.asyncProperty(rounds, async (plan) => {
          const { people, log, put, state, source } = changingDirectory(keepsManagers);
          for (const who of logins) put({ who, title: 'Zero' });
          const connector: OpenConnector = {
            id: randomUUID(),
            version: 1,
            source,
            targets: new Map(),
            mapping: mapping(keepsManagers),
            guard: defaultGuard,
            patienceMs: 0,
            leavers: keepLeavers,
          };
          const brought = new Map<string, string | null>();
          const runOf = async (mode: 'full' | 'delta', edits: readonly (readonly Edit[])[], pauses: boolean[]) => {
            const steps = edits.values();
            state.between = () => {
              for (const one of steps.next().value ?? []) put(one);
            };
            const staged = await read(connector, mode, pauses);
            for (const { person, desired } of staged) {
              const want = desired.get('userProperty:Title');
              brought.set(person, want?.do === 'set' ? want.value : null);
            }
            return staged;
          };
          for (const { mode, moments: edits, pauses } of plan) await runOf(mode, edits, [...pauses]);
          const last = await runOf('delta', [], []);
          for (const [id, { attributes }] of people) {
            if (attributes.title === 'out' || attributes.title === 'bad') continue;
            assert.equal(brought.get(id), attributes.title, `${id} of ${log.join(' ')}`);
          }
          for (const { person } of last) assert.ok(people.has(person), 'nobody who is removed is a candidate');
        }),
        { numRuns: 25 },
      ));
  }

  it('gets on with every step, though its time be up when it begins', async () => {
    const { put, source } = changingDirectory(true);
    for (const who of logins) put({ who, title: 'Zero' });
    const members = new Map([
      ['one', ['ann', 'ben', 'cid']],
      ['two', ['dot']],
    ]);
    const connector: OpenConnector = {
      id: randomUUID(),
      version: 1,
      source: {
        ...source,
        groups: [...members.keys()],
        readMembers: async (group, cursor) => {
          const [id, ...others] = (members.get(group) ?? []).slice(Number(cursor));
          return { ids: id === undefined ? [] : [id], next: others.length > 0 ? String(Number(cursor) + 1) : null };
        },
      },
      targets: new Map(),
      mapping: { ...mapping(true), readsGroups: true },
      guard: defaultGuard,
      patienceMs: 0,
      leavers: keepLeavers,
    };
    assert.equal((await read(connector, 'delta', 'always')).length, logins.length);
    members.set('two', ['eve']);
    assert.equal((await read(connector, 'delta', 'always')).length, 0);
  });

  it('takes the candidate away of somebody who is removed, unchanged or out of scope by now', async () => {
    const { put, state, source } = changingDirectory(false);
    for (const who of logins) put({ who, title: 'Zero' });
    const id = randomUUID();
    const connector: OpenConnector = {
      id,
      version: 1,
      source,
      targets: new Map(),
      mapping: mapping(false),
      guard: defaultGuard,
      patienceMs: 0,
      leavers: keepLeavers,
    };
    await read(connector, 'delta', []);
    for (const who of ['ann', 'ben', 'cid', 'dot']) put({ who, title: 'One' });
    const steps = [
      [],
      [],
      [
        { who: 'ann', title: null },
        { who: 'ben', title: 'Zero' },
        { who: 'cid', title: 'out' },
        { who: 'dot', title: 'Two' },
      ],
    ].values();
    state.between = () => {
      for (const one of steps.next().value ?? []) put(one);
    };
    const staged = await read(connector, 'delta', []);
    assert.deepEqual(
      staged.map(({ person, desired }) => [person, desired.get('userProperty:Title')]),
      [['dot', { do: 'set', value: 'Two', overwrite: 'always' }]],
    );
  });
});
