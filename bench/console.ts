// `npm run bench -- console`: the figures of the console in seconds, frames and bytes, as the findings of a benchmark.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { createDirectory } from '../sandbox/world/directory.ts';
import type { ApiParts } from '../src/api/parts.ts';
import { serveApi } from '../src/api/serve/serve-api.ts';
import { abilities } from '../src/core/abilities.ts';
import { startEmbeddedPostgres } from '../src/embedded/postgres/start.ts';
import { addToken } from '../src/ledger/access/tokens.ts';
import { storeConnector } from '../src/ledger/connectors.ts';
import { type Ledger, openLedger } from '../src/ledger/open.ts';
import { insertOutcomes } from '../src/ledger/runs/outcomes.ts';
import { createRun } from '../src/ledger/runs/runs.ts';
import { parseKeys } from '../src/ledger/sealing/keys.ts';
import { atMost, type Findings } from './findings.ts';
import { storeLargePlan } from './large-plan.ts';
import { numberOption } from './measure.ts';

/** A figure of the console, against the most it may be. */
type Figure = {
  readonly id: string;
  readonly what: string;
  readonly measured: number;
  readonly most: number;
  readonly unit: string;
};

const dist = fileURLToPath(new URL('../console/dist/', import.meta.url));

/** What pages take in a browser over a ledger of very many people. */
const measure = async (args: readonly string[]): Promise<Findings> => {
  const people = numberOption(args, 'users', 200_000);
  const dataDir = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, throwaway: true });
  const browser = await startBrowser();
  try {
    const keys = parseKeys(`bench:${randomBytes(32).toString('base64')}`);
    const ledger = await openLedger({ url: postgres.url, keys });
    await fill(ledger, people);
    const served = await serveApi(partsOver(ledger), { host: '127.0.0.1', port: 0, dataDir: null, token: undefined });
    const token = await addToken(ledger, { name: 'bench', can: abilities, createdBy: 'bench' });
    const context = await browser.newContext({ baseURL: served.url, viewport: { width: 1440, height: 900 } });
    await signIn(context, token);
    const figures = [
      await firstPage(context),
      ...(await planPage(context, people)),
      await peopleList(context),
      await eighthTab(context),
      await preview(context),
    ];
    await served.close();
    await ledger.close();
    return {
      bars: figures.map(({ id, what, measured, most, unit }) =>
        atMost(`console.${id}`, `console: ${what}, at most ${most} ${unit}`, measured, most, ` ${unit}`),
      ),
      tables: [],
    };
  } finally {
    await browser.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

const startBrowser = (): Promise<Browser> => {
  const executablePath = process.env.ATTUNE_CHROMIUM;
  if (executablePath === undefined) throw new Error('run with npm run bench -- console');
  return chromium.launch({
    executablePath,
    args: ['--disable-gpu', '--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
};

/** The API with nothing behind it but the ledger: no directory and no target is asked here. */
const partsOver = (ledger: Ledger): ApiParts => {
  const nobody = async (): Promise<never> => {
    throw new Error('nobody is asked in this benchmark');
  };
  return {
    ledger,
    starter: {
      startFullSync: nobody,
      startSyncUser: nobody,
      startApplyPlan: nobody,
      findUser: nobody,
      ask: nobody,
      cancel: nobody,
    },
    schedules: { states: async () => [], pause: nobody },
    config: {
      readPlain: nobody,
      readDefinition: () => {
        throw new Error('no definition is read in this benchmark');
      },
    },
    configured: async () => [],
    progress: async () => null,
    ready: {},
    version: 'bench',
    embedded: { database: true, temporal: true },
    temporalUi: null,
    console: dist,
    eventsEveryMs: 1_000,
  };
};

/** One run of everybody in which nobody had an account, and a plan that would change everybody. */
const fill = async (ledger: Ledger, people: number): Promise<void> => {
  await storeConnector(ledger, {
    connector: 'acme',
    managedBy: 'api',
    definition: { connector: { id: 'acme', source: { kind: 'entra' }, to: [] }, targets: {} },
    createdBy: 'bench',
    comment: null,
  });
  const row = {
    connector: 'acme',
    version: 1,
    mode: 'full',
    intent: 'apply',
    person: null,
    startedBy: 'bench',
  } as const;
  for (const [id, status] of [
    ['first', 'done'],
    ['plan', 'planned'],
  ] as const) {
    await createRun(ledger, { ...row, id, workflowId: id });
    await sql`update run set status = ${status}, guard = '{"figures": [], "breaches": []}', targets = '{jira}',
      finished_at = now(), plan_expires_at = now() + interval '7 days', plan_digest = ${'0'.repeat(64)}
      where id = ${id}`.execute(ledger.db);
  }
  await sql`insert into read_page (run, read_no, page_no, place_sealed, ended, users, seen, unchanged, read_at)
    values ('first', 0, 0, null, true, ${people}, '{}', '{}', now())`.execute(ledger.db);
  for (let from = 0; from < people; from += 10_000) {
    const length = Math.min(10_000, people - from);
    const ids = Array.from({ length }, (_, n) => `id-${from + n}`);
    await insertOutcomes(
      ledger,
      'first',
      ids.map((person) => ({ target: 'jira', person, outcome: 'unmatched', reason: 'noAccount' })),
    );
  }
  const plan = { id: 'plan', connector: 'acme' };
  await storeLargePlan(ledger, plan, { target: 'jira', attribute: 'userProperty:Company', people });
  await sql`analyze`.execute(ledger.db);
};

const signIn = async (context: BrowserContext, token: string): Promise<void> => {
  const page = await context.newPage();
  await page.goto('/login');
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.close();
};

const since = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
};

const firstPage = async (context: BrowserContext): Promise<Figure> => {
  const page = await context.newPage();
  const measured = await since(async () => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });
  await page.close();
  return { id: 'first', what: 'the first page', measured, most: 1, unit: 's' };
};

const planPage = async (context: BrowserContext, people: number): Promise<readonly Figure[]> => {
  const page = await context.newPage();
  let requests = 0;
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/runs/')) requests += 1;
  });
  const began = performance.now();
  await page.goto('/runs/plan/plan');
  await page.getByRole('heading', { level: 1, name: /^(Planned|Held)/ }).waitFor();
  const first = (performance.now() - began) / 1_000;
  await page.getByText(/more kinds/).waitFor();
  const kinds = (performance.now() - began) / 1_000;
  const heap = await page.evaluate(() =>
    Number(Reflect.get(Reflect.get(performance, 'memory') ?? {}, 'usedJSHeapSize')),
  );
  await page.close();
  const of = `a plan of ${people} changes`;
  return [
    { id: 'plan', what: `${of}: what it is`, measured: first, most: 1.5, unit: 's' },
    { id: 'kinds', what: `${of}: its kinds of change`, measured: kinds, most: 5, unit: 's' },
    { id: 'requests', what: `${of}: requests`, measured: requests, most: 8, unit: 'requests' },
    { id: 'memory', what: `${of}: memory of the page`, measured: heap / 1024 / 1024, most: 150, unit: 'MiB' },
  ];
};

/** The longest time between two frames while a list is scrolled through, page after page of it asked for. */
const peopleList = async (context: BrowserContext): Promise<Figure> => {
  const page = await context.newPage();
  await page.goto('/people?connector=acme&target=jira&outcome=unmatched&reason=noAccount');
  await page.getByRole('table', { name: 'People of this reason' }).waitFor();
  const measured = await page.getByRole('table', { name: 'People of this reason' }).evaluate(
    (table) =>
      new Promise<number>((resolve) => {
        let [longest, last, frames] = [0, performance.now(), 0];
        const step = (now: number): void => {
          // What came before the first frames is the page's own beginning.
          if (frames > 5) longest = Math.max(longest, now - last);
          last = now;
          frames += 1;
          table.scrollTop += 2_000;
          if (frames < 300) requestAnimationFrame(step);
          else resolve(longest);
        };
        requestAnimationFrame(step);
      }),
  );
  await page.close();
  return { id: 'frame', what: 'scrolling through everybody: the longest frame', measured, most: 100, unit: 'ms' };
};

const eighthTab = async (context: BrowserContext): Promise<Figure> => {
  const tabs: Page[] = [];
  for (let n = 0; n < 8; n += 1) {
    const page = await context.newPage();
    await page.goto('/runs');
    await page.getByText('Live').waitFor();
    tabs.push(page);
  }
  const [last] = tabs.slice(-1);
  const measured = await since(async () => last?.evaluate(() => fetch('/api/session').then((answer) => answer.text())));
  for (const page of tabs) await page.close();
  return { id: 'tab', what: 'an answer in the eighth open tab', measured: measured * 1_000, most: 500, unit: 'ms' };
};

const path = (userProperty: string, from: string) => ({
  ...{ userProperty, from, transforms: ['trim'], whenNoTransformApplies: 'useValue', whenEmpty: 'clearOurs' },
  ...{ overwrite: 'always', whenTooLong: 'skip', keepOrder: false },
});

/** What 95 of 100 previews of 200 people and ten rows take at most, in the program that runs beside the page. */
const preview = async (context: BrowserContext): Promise<Figure> => {
  const [program = ''] = (await readdir(join(dist, 'assets'))).filter((name) => /^worker-.*\.js$/.test(name));
  const names = ['companyName', 'jobTitle', 'department', 'employeeId', 'city', 'country', 'mobilePhone'];
  const attributes = [
    ...names.map((name) => path(name, name)),
    path('initials', '$uppercase($substring(givenName, 0, 1) & $substring(surname, 0, 1))'),
    path('place', "$join([city, country], ', ')"),
    path('center', 'onPremisesExtensionAttributes.extensionAttribute1'),
  ];
  const rule = { maxLength: 250, unit: 'characters' };
  const people = [...createDirectory(200, 1).all()].map((person) => ({
    person: person.id,
    attributes: JSON.parse(JSON.stringify(person)),
    targets: {},
  }));
  const page = await context.newPage();
  // Of its own kind: no policy of the console's forbids starting the program here.
  await page.route('**/bench', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto('/bench');
  const times = await page.evaluate(
    ({ address, sample, settings }) =>
      new Promise<number[]>((resolve) => {
        const worker = new Worker(address, { type: 'module' });
        const found: number[] = [];
        worker.onmessage = ({ data }) => {
          if (!('preview' in data)) return;
          found.push(data.ms);
          if (found.length === 100) resolve(found);
          else worker.postMessage({ run: found.length, settings });
        };
        worker.postMessage({ sample });
        worker.postMessage({ run: 0, settings });
      }),
    {
      address: `/assets/${program}`,
      sample: {
        people,
        rules: {
          jira: { fields: {}, userProperty: { name: { ...rule, pattern: '.+', takes: 'any name' }, value: rule } },
        },
      },
      settings: { to: [{ target: 'jira', match: [{ username: 'userPrincipalName' }], attributes }] },
    },
  );
  await page.close();
  const measured = times.sort((a, b) => a - b)[94] ?? Number.NaN;
  return { id: 'preview', what: 'a preview of 200 people and ten rows, 95 of 100', measured, most: 50, unit: 'ms' };
};

process.stdout.write(`${JSON.stringify(await measure(process.argv.slice(2)))}\n`);
