import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { OverviewWire } from '../../src/api/schemas/overview.ts';
import { plainJson } from '../../src/config/open-config.ts';
import { definitionOf } from '../../src/config/schema/document.ts';
import type { HealthReason } from '../../src/core/report/health.ts';
import { type ScheduleState, scheduleName } from '../../src/core/schedules/schedule.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { config, documentWith } from '../config/fixtures.ts';
import { finish, newRun } from '../fixtures/api.ts';
import { storeHeldPlan } from '../fixtures/plans.ts';
import { barriers, openTab, startChromium } from './chromium.ts';
import { type Seeded, serveSeeded } from './seeded.ts';

/** How the schedules of a connector stand, by its id; one that is not named runs every night. */
const schedulesOf: Readonly<Record<string, Partial<ScheduleState>>> = {
  resting: { paused: true, next: [] },
  unset: { isSet: false, next: [] },
};
const day = 86_400_000;
const nightly: Partial<ScheduleState> = {
  isSet: true,
  paused: false,
  next: [1, 2, 3].map((n) => new Date(Date.now() + n * day).toISOString()),
};

describe('every state a page can be in, in a browser', () => {
  let browser: Browser;
  let seeded: Seeded;
  let page: Page;

  before(async () => {
    seeded = await serveSeeded({
      schedules: {
        states: async (connector, entries) =>
          entries.map((entry) => ({
            name: scheduleName(entry),
            isSet: true,
            paused: false,
            until: null,
            note: null,
            next: [],
            ...(schedulesOf[connector] ?? nightly),
          })),
        pause: async () => undefined,
      },
    });
    browser = await startChromium();
    ({ page } = await openTab(browser, seeded.url));
    await seeded.signIn(page);
  });
  after(async () => {
    await browser?.close();
    await seeded?.close();
  });

  const stores = async (id: string): Promise<void> => {
    const { document } = await config.readDocument(
      documentWith({
        'id: acme': `id: ${id}`,
        'lookup: { file: cost-centers.csv, key: code, value: name }': 'lookup: { values: { a: b } }',
      }),
    );
    const definition = document === null ? null : definitionOf(document, id);
    assert.ok(definition !== null);
    await storeConnector(seeded.ledger, {
      connector: id,
      managedBy: 'api',
      definition: plainJson(definition),
      createdBy: 'ada',
      comment: null,
    });
  };
  const ended = async (
    id: string,
    status: Parameters<typeof finish>[2],
    over: { days?: number; intent?: 'plan'; warnings?: readonly string[] } = {},
  ): Promise<void> => {
    const run = `${id}-${status}`;
    await createRun(seeded.ledger, {
      ...newRun(run, id),
      ...(over.intent === undefined ? {} : { intent: over.intent }),
    });
    const failure = status === 'failed' ? { kind: 'auth' as const, message: 'Entra refuses the client secret.' } : null;
    await finish(seeded.ledger, run, status, { failure, warnings: [...(over.warnings ?? [])] });
    const { days = 0 } = over;
    await sql`update run set started_at = started_at - make_interval(days => ${days}),
      finished_at = finished_at - make_interval(days => ${days}) where id = ${run}`.execute(seeded.ledger.db);
  };

  describe('M-23: a page with nothing to show says so, and what to do', () => {
    before(async () => {
      await sql`delete from connector_version`.execute(seeded.ledger.db);
      await sql`delete from connector`.execute(seeded.ledger.db);
    });
    for (const [address, said, todo] of [
      ['/', 'Create a first connector', 'attune init'],
      ['/connectors', 'No connector yet', 'attune init'],
      ['/runs', 'Never run: plan first', 'compares and writes nothing'],
      ['/runs?status=failed', 'No such run', 'Remove a filter'],
      ['/people', 'No connector yet', 'once a connector has read them'],
      ['/targets', 'No target yet', 'document of a connector'],
      ['/history?who=nobody', 'Nothing of this kind', 'Remove a filter'],
      ['/settings/nowhere', 'There is no such page', 'listed on the left'],
      ['/runs/none', 'Not found', 'GET /api/runs'],
      ['/runs/none/plan', 'Not found', 'GET /api/runs'],
      ['/targets/none', 'Not found', 'GET /api/targets'],
      ['/connectors/none/mapping', 'Not found', 'connector'],
    ] as const) {
      it(address, async () => {
        await page.goto(address);
        await page.getByText(said).first().waitFor();
        await page.getByText(todo).first().waitFor();
        assert.deepEqual(await barriers(page), []);
      });
    }
  });

  describe('M-23: a page that cannot be had shows the answer with its remedy, and another try helps', () => {
    const problem = {
      type: 'about:blank',
      kind: 'unavailable',
      status: 503,
      title: 'Something Attune depends on does not answer',
      detail: 'The ledger does not answer. Check that PostgreSQL runs.',
    };
    before(async () => {
      await stores('acme');
      await createRun(seeded.ledger, newRun('seen'));
      await finish(seeded.ledger, 'seen', 'done');
      await storeHeldPlan(seeded.ledger, 'plan', [
        { person: 'p1', attribute: 'userProperty:Company', before: 'a', after: 'b' },
      ]);
    });
    for (const [address, asked, then] of [
      ['/', /\/api\/overview$/, 'In tune|Held'],
      ['/', /\/coverage$/, 'acme'],
      ['/connectors', /\/api\/connectors$/, 'Edited in'],
      ['/runs', /\/api\/runs\?/, 'Everybody'],
      ['/runs/seen', /\/api\/runs\/seen$/, 'Nothing changed|set'],
      ['/runs/seen', /\/api\/runs\/seen\/reasons$/, 'Nobody was left out'],
      ['/runs/seen', /\/api\/runs\/seen\/changes/, 'No value was to be changed'],
      ['/runs/plan/plan', /\/api\/runs\/plan\/plan$/, 'Held:'],
      ['/runs/plan/plan', /\/changes\/kinds/, '1 kind'],
      ['/people', /\/people\/reasons$/, 'Everybody is in tune|Planned|planned'],
      ['/targets', /\/api\/targets$/, 'jira-eu'],
      ['/targets/jira-eu', /\/api\/targets\/jira-eu$/, 'Never checked'],
      ['/history', /\/api\/audit\?/, 'When'],
      ['/settings', /\/api\/health$/, 'Attune 0.0.0'],
      ['/settings', /\/api\/tokens$/, 'ada'],
      ['/connectors/acme/mapping', /\/api\/connectors\/acme$/, 'Add attribute'],
      ['/connectors/acme/mapping', /\/sample$/, 'Add attribute'],
      ['/connectors/acme/schedules', /\/api\/connectors\/acme\/schedules$/, 'Runs automatically'],
      ['/connectors/acme/versions', /\/api\/connectors\/acme\/versions$/, 'is the first'],
      ['/connectors/acme/document', /\/validate$/, 'The whole definition'],
    ] as const) {
      it(`${address}: ${asked.source}`, async () => {
        const answer = (route: { fulfill: (how: object) => Promise<void> }): Promise<void> =>
          route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) });
        await page.route(asked, answer);
        await page.goto(address);
        const alert = page.getByRole('alert').filter({ hasText: problem.title }).first();
        await alert.waitFor();
        await alert.getByText(problem.detail).waitFor();
        assert.deepEqual(await barriers(page), []);
        await page.unroute(asked, answer);
        await alert.getByRole('button', { name: 'Try again' }).click();
        if (asked.source !== '\\/sample$') await alert.waitFor({ state: 'detached' });
        await page.getByText(new RegExp(then)).first().waitFor();
      });
    }
  });

  it('M-20: the overview says of each connector how it is, why, and what to do, for every reason there is', async () => {
    await sql`delete from run`.execute(seeded.ledger.db).catch(() => undefined);
    const ids = ['fresh', 'refused', 'held', 'careful', 'late', 'partly', 'warned', 'resting', 'unset', 'fine'];
    for (const id of ids) await stores(id);
    await ended('refused', 'failed');
    await ended('held', 'awaitingApproval');
    await ended('careful', 'planned', { intent: 'plan' });
    await ended('late', 'done', { days: 9 });
    await ended('partly', 'doneWithFailures');
    await ended('warned', 'done', { warnings: ['The credential ends in 21 days.'] });
    for (const id of ['resting', 'unset', 'fine']) await ended(id, 'done');
    const answer = await fetch(new URL('/api/overview', seeded.url), {
      headers: { authorization: `Bearer ${seeded.token}` },
    });
    const { connectors, held } = OverviewWire.parse(await answer.json());
    const codes = new Set<HealthReason['code']>();
    await page.goto('/');
    for (const { id, health, runs } of connectors.filter((one) => ids.includes(one.id))) {
      const panel = page.getByRole('region', { name: id, exact: true });
      await panel.waitFor();
      const text = ((await panel.textContent()) ?? '').replaceAll(/\s+/g, ' ');
      for (const reason of health.reasons) {
        codes.add(reason.code);
        if (reason.code === 'inTune') continue;
        assert.ok(text.includes(reason.text), `${id}: ${reason.text}`);
        if (reason.remedy !== null) assert.ok(text.includes(reason.remedy), `${id}: ${reason.remedy}`);
      }
      assert.equal(await panel.locator('.run-bars a').count(), runs.length, `${id}: its last runs as bars`);
    }
    assert.deepEqual([...codes].sort(), [
      ...[
        'failedPeople',
        'failing',
        'held',
        'inTune',
        'neverRun',
        'notSet',
        'paused',
        'plannedOnly',
        'stale',
        'warned',
      ],
    ]);
    assert.equal(await page.getByText(/a plan waits for a decision/).count(), held.length);
    assert.deepEqual(await barriers(page), []);
  });
});
