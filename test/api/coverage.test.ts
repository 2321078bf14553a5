import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createApi } from '../../src/api/create-api.ts';
import type { Api } from '../../src/api/parts.ts';
import { CoverageWire } from '../../src/api/schemas/overview.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { storePage } from '../../src/ledger/reading/pages.ts';
import { keepCoverage } from '../../src/ledger/runs/coverage.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { apiParts, finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('coverage over HTTP', () => {
  let ledger: Ledger;
  let api: Api;
  let token = '';
  let close = async (): Promise<void> => undefined;

  before(async () => {
    ({ ledger, close } = await freshDatabase());
    const { parts } = await apiParts(ledger);
    token = await addToken(ledger, { name: 'eve', can: ['read'], createdBy: 'test' });
    api = await createApi(parts);
  });
  after(async () => {
    await api.close();
    await close();
  });

  const asked = async (): Promise<CoverageWire> => {
    const headers = { authorization: `Bearer ${token}` };
    return CoverageWire.parse((await api.inject({ url: '/api/connectors/acme/coverage', headers })).json());
  };

  /** A run of so many days ago, its people on two pages: what each page counted of one attribute. */
  const ran = async (id: string, days: number, pages: readonly (readonly [people: number, withValue: number])[]) => {
    await createRun(ledger, newRun(id));
    for (const [pageNo, [people, withValue]] of pages.entries()) {
      await storePage(ledger, id, {
        readNo: 0,
        pageNo,
        place: null,
        next: null,
        watermark: null,
        ended: false,
        seen: [],
        again: [],
        read: { number: 1, at: new Date() },
        taken: {
          mapped: true,
          unchanged: {},
          staged: [],
          kept: [],
          labels: [],
          reads: [],
          outcomes: [],
          coverage: {
            jira: { people, failed: 1, attributes: people === 0 ? {} : { 'field:phone': { withValue, tooLong: 2 } } },
          },
        },
      });
    }
    await keepCoverage(ledger, { id, readNo: 0 });
    await sql`update run set started_at = now() - make_interval(days => ${days}) where id = ${id}`.execute(ledger.db);
    await finish(ledger, id, 'done');
  };

  it('is nothing before a run has read everybody', async () => {
    assert.deepEqual(await asked(), { last: null, attributes: [] });
  });

  it('adds the pages of the last run up, goes back a week, and names the run by which an attribute fell', async () => {
    await ran('older', 30, [[100, 10]]);
    await ran('week', 8, [
      [50, 48],
      [50, 48],
    ]);
    await ran('tuesday', 3, [[100, 41]]);
    await ran('today', 0, [
      [60, 30],
      [40, 10],
      [0, 0],
    ]);
    const { last, attributes } = await asked();
    assert.equal(last?.run, 'today');
    const [phone, ...others] = attributes;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [phone?.target, phone?.attribute, phone?.people, phone?.withValue, phone?.empty, phone?.tooLong, phone?.failed],
      ['jira', 'field:phone', 100, 40, 60, 4, 3],
    );
    assert.deepEqual(
      phone?.history.map(({ run, withValue }) => [run, withValue]),
      [
        ['week', 96],
        ['tuesday', 41],
        ['today', 40],
      ],
    );
    assert.equal(phone?.fell?.run, 'tuesday');
    assert.equal((await api.inject({ url: '/api/connectors/acme/coverage' })).statusCode, 401);
  });
});
