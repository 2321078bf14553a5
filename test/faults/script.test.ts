import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { met, signedInAgain } from '../../faults/events/event.ts';
import { events } from '../../faults/events/index.ts';
import { figuresOf, isWell } from '../../faults/figures.ts';
import { kindsOfWrong } from '../../faults/judge.ts';
import { createRandom } from '../../faults/random.ts';
import { drawScript } from '../../faults/script.ts';

const drawn = (seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: 20 }, () => drawScript(random)).map(({ scheduled, lanes, ...rest }) => ({
    ...rest,
    edits: rest.edits.random.whole(0, 1_000_000),
    lanes: lanes.map((lane) => [lane.connector, lane.random.whole(0, 1_000_000)]),
    scheduled: scheduled.map(({ event, moment, random }) => [event.kind, moment, random.whole(0, 1_000_000)]),
  }));
};

describe('the script of a fault run', () => {
  it('follows from the seed', () => {
    assert.deepEqual(drawn(7), drawn(7));
    assert.notDeepEqual(drawn(7), drawn(8));
  });

  it('comes to every kind of event', () => {
    const kinds = new Set(
      Array.from({ length: 30 }, (_, seed) => drawn(seed))
        .flat()
        .flatMap(({ scheduled }) => scheduled.map(([kind]) => kind)),
    );
    assert.deepEqual(kinds, new Set(events.map(({ kind }) => kind)));
  });

  it('counts a fault only when the journal knows it: a request that it met, a login behind it', () => {
    assert.equal(met(1)({ met: [1, 0], logins: [] }), false);
    assert.equal(met(0)({ met: [1, 0], logins: [] }), true);
    const login = {
      n: 1,
      at: '2026-03-01T10:00:05.000Z',
      service: 'jira',
      method: 'POST',
      path: '/login.jsp',
      status: 302,
    };
    const proof = signedInAgain(['jira'], Date.parse('2026-03-01T10:00:05.000Z'));
    assert.equal(proof({ met: [], logins: [login] }), true);
    for (const other of [{ service: 'entra' }, { method: 'GET' }, { at: '2026-03-01T10:00:04.999Z' }]) {
      assert.equal(proof({ met: [], logins: [{ ...login, ...other }] }), false);
    }
  });
});

describe('the figures of a fault run', () => {
  const wrong = { lost: [], invented: [], outOfPlan: [], resent: [], falseReports: [], hangs: [] };
  const round = (given: object) => ({
    name: 'serve 1',
    hits: ['kill', 'freeze'],
    took: {},
    wrong: { ...wrong, ...given },
  });

  it('are well without anything wrong, and each kind of wrong alone makes them not', () => {
    const well = figuresOf(7, [round({}), round({})]);
    assert.equal(well.faults, 4);
    assert.ok(isWell(well));
    for (const kind of kindsOfWrong) {
      const figures = figuresOf(7, [round({}), round({ [kind]: ['one', 'two'] })]);
      assert.equal(figures[kind], 2);
      assert.equal(isWell(figures), kind === 'resent');
      assert.equal(figures.scenarios[1]?.ok, kind === 'resent');
    }
  });
});
