import { randomUUID } from 'node:crypto';
import { inspectSecrets } from '../../src/config/secrets.ts';
import type { Profile } from '../../src/core/profile.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts';
import { accountOf } from '../../src/engine/account-text.ts';
import { closeRun } from '../../src/engine/close.ts';
import { judge } from '../../src/engine/judge.ts';
import { askLeavers } from '../../src/engine/leavers/ask.ts';
import type { TargetAtRun } from '../../src/engine/open/connector.ts';
import { openConnectors } from '../../src/engine/open/open-connectors.ts';
import { readAccounts } from '../../src/engine/plan/accounts.ts';
import { stepFor } from '../../src/engine/plan/plan-user.ts';
import { passedOver, planned } from '../../src/engine/plan/planned-user.ts';
import { readPages } from '../../src/engine/read/read.ts';
import { beginStep, targetAt, type Work } from '../../src/engine/work.ts';
import { currentConnector } from '../../src/ledger/connectors.ts';
import { lookAt } from '../../src/ledger/links/look.ts';
import { type Ledger, openLedger } from '../../src/ledger/open.ts';
import { matchedUsers, stagedCounts } from '../../src/ledger/plan/staging.ts';
import { storePlan } from '../../src/ledger/plan/store-plan.ts';
import { createRun, pinRun } from '../../src/ledger/runs/runs.ts';
import { localKeys } from '../../src/ledger/sealing/keys.ts';
import { config } from '../../src/server/documents.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { targetDefinitions } from '../../src/targets/index.ts';

/** How many people are recorded at once. */
const atOnce = 500;

/**
 * Brings the ledger of a stopped `serve` to where a first run leaves it, without the hour that writing would take:
 * everybody is read, mapped and matched by the engine itself, and then recorded by it as somebody whose account was found
 * to hold all that is wanted. What the stand-ins hold stays as it is; no run that changes nothing looks there.
 */
export const seedLedger = async (dataDir: string, secrets: Readonly<Record<string, string>>): Promise<void> => {
  const postgres = await startEmbeddedPostgres({ dataDir });
  const ledger = await openLedger({ url: postgres.url, keys: await localKeys(dataDir) });
  const connectors = openConnectors({
    ledger,
    sources: sourceDefinitions,
    targets: targetDefinitions,
    readDefinition: config.readDefinition,
    inspectSecret: inspectSecrets(secrets),
  });
  try {
    await firstRun(ledger, connectors.open);
  } finally {
    await connectors.close();
    await ledger.close();
    await postgres.stop();
  }
};

const firstRun = async (ledger: Ledger, openConnector: ReturnType<typeof openConnectors>['open']): Promise<void> => {
  const run = randomUUID();
  const current = await currentConnector(ledger, 'bench');
  if (current === null) throw new Error('serve has stored no connector');
  const { version } = current;
  await createRun(ledger, {
    ...{ id: run, connector: 'bench', version, mode: 'full', intent: 'apply', person: null, retryOf: null },
    ...{ workflowId: `bench/${run}`, startedBy: 'bench', namespace: 'default' },
  });
  const targets = [...(await openConnector('bench', version)).targets.keys()];
  await pinRun(ledger, { id: run, version, targets, warnings: [] });
  const begin = (): Promise<Work> =>
    beginStep({ ledger, openConnector, now: Date.now }, run, null, {
      signal: AbortSignal.timeout(3_600_000),
      deadline: Number.POSITIVE_INFINITY,
      count: () => undefined,
    });
  for (let ended = false; !ended; ) {
    const { everybody, ...progress } = await readPages(await begin());
    ended = progress.ended;
    if (ended && everybody) while (!(await askLeavers(await begin())).ended);
  }
  await Promise.all(
    targets.map(async (id) => {
      const work = await begin();
      const target = targetAt(work, id);
      while ((await readAccounts(work, target)) !== null);
      await record(work, target);
    }),
  );
  // Only a run that was judged proves to later ones that nobody shares an account.
  const { verdict } = await judge(await begin());
  if (verdict !== 'go') throw new Error('the guard of the benchmark lets everything through');
  await closeRun(ledger, run, { status: 'done', failure: null });
};

const record = async (work: Work, target: TargetAtRun): Promise<void> => {
  const { ledger, run } = work;
  const writer = { connector: run.connector, target, run: run.id };
  const last = (await stagedCounts(ledger, run.id)).get(target.id) ?? 0;
  for (let from = 0; from < last; from += atOnce) {
    const users = await matchedUsers(ledger, run.id, target.id, { from, to: from + atOnce });
    const candidates = users.map((user) => ({ user, account: accountOf(user.account) }));
    const looks = await lookAt(
      ledger,
      { connector: run.connector, target: target.id },
      candidates.map(({ user, account }) => ({ person: user.person, account: account.key })),
    );
    const plans = candidates.flatMap(({ user, account }) => {
      const look = looks.get(user.person);
      if (look === undefined) return [];
      const order = { version: run.version, number: user.read.number };
      const step = stepFor(target, run.mode, { account, desired: user.desired, order, look });
      if (step.step === 'skip') return [passedOver(target, user, { outcome: 'skipped', ...step.why })];
      const held: Profile = new Map(
        [...user.desired].flatMap(([attribute, one]) => (one.do === 'set' ? [[attribute, one.value] as const] : [])),
      );
      return [planned(run, target, { user, account, look, desired: user.desired, kept: new Map() }, held, [])];
    });
    await storePlan(ledger, writer, plans);
  }
};
