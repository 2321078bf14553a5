import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { createApi } from '../../src/api/create-api.ts';
import { Failure } from '../../src/core/failure.ts';
import { noticeEvents } from '../../src/core/report/notices.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { testNotices } from '../../src/engine/notices/deliver.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { openNotices } from '../../src/ledger/notices/outbox.ts';
import { noteStale } from '../../src/ledger/notices/trouble.ts';
import { approvePlan } from '../../src/ledger/runs/decisions.ts';
import { acquireSlots } from '../../src/ledger/runs/slots.ts';
import { webhookSender } from '../../src/notices/webhook.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import { startSending } from '../../src/temporal/noticer.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

/** A receiver that keeps what it takes; it refuses the first posts of a notice when told to. */
const posts: { readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }[] = [];
const receiver = { refuses: 0 };
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    const isRefused = receiver.refuses > 0;
    receiver.refuses -= isRefused ? 1 : 0;
    if (!isRefused) posts.push({ headers: request.headers, body });
    response.writeHead(isRefused ? 503 : 204).end();
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
assert.ok(typeof address === 'object' && address !== null);

const secrets: Readonly<Record<string, string>> = {
  ATTUNE_SECRET_HOOK: `http://127.0.0.1:${address.port}/attune?token=hidden`,
  ATTUNE_SECRET_HOOK_KEY: 'whsec_c2VjcmV0IGtleSBvZiB0aGUgaG9vaw==',
};
const hook = {
  webhook: { env: 'ATTUNE_SECRET_HOOK' },
  key: { env: 'ATTUNE_SECRET_HOOK_KEY' },
  on: [...noticeEvents],
};
const secret = async (named: { env: string } | { file: string }): Promise<string> =>
  ('env' in named ? secrets[named.env] : undefined) ?? '';
const notices = { hooksOf: async () => [hook], send: webhookSender(secret, Date.now) };

const people = new Map<string, SourceUser>(
  ['ann', 'ben', 'cid'].map((login) => [login, { id: login, attributes: { login, title: `Title of ${login}` } }]),
);
const provider = { isDown: false };
const memory = memorySource(people, 2);
const source: IdentitySource = {
  ...memory.source,
  check: async () => {
    if (provider.isDown) throw new Failure('auth', 'The source refuses the credential.');
  },
};
const refusing = new Set<string>();
const jira = memoryTarget(
  [...people.keys()].map((username) => ({ key: `key-${username}`, username, email: null, active: true })),
  ({ username }) => (refusing.has(username) ? new Failure('rejected', 'The form refuses.') : null),
);
const guard = { ...defaultGuard, ignoreBelow: 0, changedPeople: { percent: 0, count: 0 } };
const open = { ...defaultGuard };

const database = await freshDatabase();
const { ledger } = database;
const connector = {
  id: 'acme',
  source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: titleMapping(['jira']),
  guard: open,
  leavers: { disabled: 'keep', outOfScope: 'keep', deleted: { clear: '30d' } },
} satisfies Parameters<typeof workerFor>[1];
const running = await workerFor(ledger, connector, Date.now, 500, notices);
const stored = { connector: 'acme', managedBy: 'file', createdBy: 'test', comment: null } as const;
await storeConnector(ledger, { ...stored, definition: { connector: { notify: [{ webhook: hook.webhook }] } } });
after(async () => {
  await running.close();
  await database.close();
  server.close();
});

const run = async (): Promise<string | null> => {
  try {
    return (await running.execute('fullSync', { connector: 'acme' })).run;
  } catch {
    return null;
  }
};

/** Has everything sent that is to be sent, and gives the notices that have arrived since the last time. */
const posted = async () => {
  await startSending(ledger, running.client, running.queue);
  for (let waits = 0; (await openNotices(ledger)).length > 0 && waits < 300; waits += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return posts.splice(0).map(({ headers, body }) => {
    const key = Buffer.from('secret key of the hook', 'utf8');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    const { id, text } = JSON.parse(body);
    assert.equal(headers['webhook-id'], id);
    for (const name of people.keys()) assert.ok(!text.includes(name), 'no person stands in a notice');
    return JSON.parse(body);
  });
};

/** Has everything sent that is to be sent, and gives the events that have arrived since the last time. */
const told = async (): Promise<readonly string[]> => (await posted()).map(({ event }) => String(event));

const retitle = (title: string): void => {
  for (const [id, one] of people) people.set(id, { ...one, attributes: { ...one.attributes, title } });
};

test('held, failed, recovered: three posts, each signed, and no more while a state lasts', async () => {
  await run();
  assert.deepEqual(await told(), [], 'a first run in order is no change');
  retitle('Other');
  connector.guard = guard;
  const held = await run();
  await run();
  assert.deepEqual(await told(), ['awaitingApproval'], 'the second plan stands in place of the first');
  provider.isDown = true;
  await run();
  await run();
  assert.deepEqual(await told(), ['failed']);
  provider.isDown = false;
  connector.guard = open;
  await run();
  await run();
  assert.deepEqual(await told(), ['recovered']);
  assert.ok(held);
});

test('a plan held after the last one was carried out is a new state', async () => {
  retitle('Third');
  connector.guard = guard;
  const first = await run();
  assert.deepEqual(await told(), ['awaitingApproval']);
  assert.ok(first);
  await approvePlan(ledger, { run: first, who: 'test', comment: null });
  await running.execute('applyPlan', { run: first });
  assert.deepEqual(await told(), [], 'what was approved and carried out needs no word');
  retitle('Fourth');
  await run();
  assert.deepEqual(await told(), ['awaitingApproval']);
  connector.guard = open;
  await run();
});

test('a part that is held alone is told of once, with why and until when, as long as later parts only replace it', async () => {
  retitle('Part');
  connector.guard = { ...guard, onBreach: 'holdAttribute' };
  const first = await run();
  const [notice] = await posted();
  assert.deepEqual([notice?.event, notice?.run], ['awaitingApproval', `${first}-held`]);
  assert.match(
    notice?.text,
    /^acme: the guard holds a part of run .*-held; the rest was not held\. Held: 3 people of 3 would change Title at jira\. The plan expires at 20\S+Z\.$/,
  );
  await run();
  assert.deepEqual(await told(), [], 'the second part stands in place of the first');
  connector.guard = open;
  await run();
  retitle('Another part');
  connector.guard = { ...guard, onBreach: 'holdAttribute' };
  await run();
  assert.deepEqual(await told(), ['awaitingApproval'], 'after a run without one it is a new state');
  connector.guard = open;
  await run();
});

test('people who fail are told of when they are new, and not again', async () => {
  refusing.add('ben');
  retitle('Fifth');
  await run();
  await run();
  assert.deepEqual(await told(), ['newFailures']);
  refusing.clear();
  await run();
  assert.deepEqual(await told(), []);
});

test('a connector without a run for too long is told of once, and so is its recovery', async () => {
  const patience = [{ connector: 'acme', seconds: 3_600 }];
  await noteStale(ledger, patience);
  assert.deepEqual(await told(), []);
  await sql`update run set finished_at = finished_at - interval '2 hours'`.execute(ledger.db);
  await Promise.all([noteStale(ledger, patience), noteStale(ledger, patience)]);
  await noteStale(ledger, patience);
  assert.deepEqual(await told(), ['stale']);
  await run();
  assert.deepEqual(await told(), ['recovered']);
});

test('leavers whose time is about to be over are told of once', async () => {
  people.delete('cid');
  await run();
  await run();
  assert.deepEqual(await told(), []);
  await sql`update leaver set since = since - interval '29.5 days'`.execute(ledger.db);
  await run();
  await run();
  assert.deepEqual(await told(), ['leaverDue']);
});

test('a receiver that refuses is tried again; one that was reached is not told twice', async () => {
  provider.isDown = true;
  receiver.refuses = 1;
  await run();
  assert.deepEqual(await told(), ['failed']);
  provider.isDown = false;
  await run();
  assert.deepEqual(await told(), ['recovered']);
});

test('a test is sent to every receiver, and a failure says nothing of the address', async () => {
  const call = { signal: new AbortController().signal, deadline: Date.now() + 10_000, count: () => undefined };
  const ok = await testNotices(notices, 'acme', Date.now(), call);
  assert.deepEqual(ok, [{ receiver: 'ATTUNE_SECRET_HOOK', ok: true, found: 'taken' }]);
  assert.equal(JSON.parse(posts.splice(0)[0]?.body ?? '{}').event, 'test');
  const elsewhere = webhookSender(
    async ({ ...named }) => ('env' in named && named.env.endsWith('KEY') ? 'key' : 'http://127.0.0.1:1/secret'),
    Date.now,
  );
  const [failed] = await testNotices({ ...notices, send: elsewhere }, 'acme', Date.now(), call);
  assert.equal(failed?.ok, false);
  assert.doesNotMatch(failed?.found ?? '', /127|secret/);
});

/** The metrics of Attune's own that docs/notices.md lists, each with its labels. */
const documented = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
  const text = await readFile(new URL('../../docs/notices.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| (`attune_[^|]+) \| ([^|]+) \|/gm)];
  const codes = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  return new Map(
    rows.flatMap(([, names, labels]) => {
      const each = codes(labels?.replaceAll(/\([^)]*,[^)]*\)/g, ''));
      return codes(names).map((name): [string, string[]] => [
        name,
        each.filter((label) => label !== 'le' || name.endsWith('_bucket')).sort(),
      ]);
    }),
  );
};

test('the metrics are those that are documented, with their labels, and name no person', async () => {
  const { parts } = await apiParts(ledger);
  const auth = { expires: '2027-01-31' };
  const definition = { connector: { source: { auth } }, targets: { jira: { inFlight: 1 } } };
  await storeConnector(ledger, { ...stored, definition });
  for (const holder of ['writer', 'waits']) {
    await acquireSlots(ledger, 'jira', { want: 1, inFlight: 1, holder, single: holder === 'waits', seconds: 60 });
  }
  const token = await addToken(ledger, { name: 'scraper', can: ['read'], createdBy: 'test' });
  const app = await createApi(parts);
  const scrape = () => app.inject({ url: '/metrics', headers: { authorization: `Bearer ${token}` } });
  // What the API was asked so far is among the figures.
  await scrape();
  const { body } = await scrape();
  await app.close();
  const shown = new Map<string, readonly string[]>();
  for (const [, name = '', labels = ''] of body.matchAll(/^(attune_\w+)\{([^}]*)\}/gm)) {
    const family = name.replace(/^(attune_http_request_seconds)_\w+$/, '$1');
    const found = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
    shown.set(family, found.filter((label) => label !== 'le' || family.endsWith('_bucket')).sort());
  }
  assert.deepEqual(shown, await documented());
  assert.match(body, /attune_credential_expires_timestamp_seconds\{connector="acme"\} 1801353600/);
  for (const [state, slots] of Object.entries({ limit: 1, used: 1, waiting: 1 })) {
    assert.ok(body.includes(`attune_target_slots{target="jira",state="${state}"} ${slots}\n`), state);
  }
  const figure = (name: string): number => Number(new RegExp(`^${name} ([\\d.]+)$`, 'm').exec(body)?.[1]);
  const ofRuns = '{connector="acme",mode="full"';
  assert.equal(figure(`attune_run_seconds_count${ofRuns}}`), figure(`attune_run_seconds_bucket${ofRuns},le="\\+Inf"}`));
  assert.ok(figure(`attune_run_seconds_sum${ofRuns}}`) > 0);
  assert.match(body, /attune_last_success_timestamp_seconds\{connector="acme",mode="full"\} \d+/);
  assert.match(body, /attune_runs_waiting\{connector="acme"\} 0/);
  assert.match(body, /attune_people\{connector="acme",target="jira",outcome="unchanged"\} \d/);
  assert.match(body, /attune_changes_total\{connector="acme",target="jira",kind="set"\} [1-9]/);
  assert.match(body, /attune_target_requests_total\{target="jira",kind="write",status="none"\} [1-9]/);
  assert.match(body, /attune_run_seconds_bucket\{connector="acme",mode="full",le="\+Inf"\} [1-9]/);
  for (const name of ['ann', 'ben', 'cid']) assert.ok(!body.includes(`"${name}"`));
});
