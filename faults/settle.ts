import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorId } from './document.ts';
import { leftovers, openWorkflows, type Settled } from './ledger.ts';
import { persistently, until } from './persistently.ts';
import type { System } from './systems/system.ts';
import { isUnfinished, Run, Started } from './wire.ts';

/** How long a system without faults may take to be ready on a busy machine, a run to end, and what is held to be given back. */
export const patience = { readyMs: 300_000, endMs: 420_000, heldMs: 75_000 } as const;

/** Starts again whatever does not run, until it is closed, as who supervises the programs does. */
export const supervise = (system: System): { readonly close: () => Promise<void> } => {
  let isOpen = true;
  const watching = (async () => {
    while (isOpen) {
      await system.start().catch(() => undefined);
      await sleep(500);
    }
  })();
  return {
    close: () => {
      isOpen = false;
      return watching;
    },
  };
};

/** Stops and starts Attune's own programs, as who has seen a refused password put right does, not to wait for a quarter of an hour. */
export const restartPrograms = async (system: System): Promise<void> => {
  await Promise.all(system.programs.map((program) => program.stop(patience.readyMs)));
};

/** Whether everything gets ready again in time. */
export const calm = async (system: System): Promise<boolean> =>
  (await until(system.isReady, (isReady) => isReady, patience.readyMs)) === true;

/** Brings a connector home by a run without faults. Null when there was none that went through. */
export const settle = async (
  system: System,
  connector: ConnectorId,
  mode: 'delta' | 'full' | 'verify',
  withinMs: number = patience.endMs,
): Promise<{ readonly run: Run; readonly began: number } | null> => {
  for (const end = Date.now() + withinMs; Date.now() < end; ) {
    const began = Date.now();
    const started = await persistently(30_000, async () =>
      (await system.api()).post(`/api/connectors/${connector}/runs`, { mode }, Started),
    ).catch(() => null);
    const run =
      started === null
        ? null
        : await until(
            () => persistently(20_000, async () => (await system.api()).get(`/api/runs/${started.run}`, Run)),
            (found) => !isUnfinished(found),
            end - Date.now(),
          );
    if (run?.status === 'done' || run?.status === 'doneWithFailures') return { run, began };
    await sleep(1_000);
  }
  return null;
};

/** What is still held when everybody has had the time to give it back. */
export const held = async (system: System, settled: Settled, withinMs: number = patience.heldMs): Promise<string[]> => {
  let left: string[] = [];
  await until(
    async () => {
      const [url, address] = [system.databaseUrl(), system.temporalAddress()];
      const open = address === null ? null : await openWorkflows(address);
      left = [
        ...(url === null ? ['no database'] : await leftovers(url, settled).catch(() => ['no answer of the database'])),
        ...(open === null ? ['no answer of Temporal'] : open.map((id) => `${id} is still open in Temporal`)),
      ];
      return left;
    },
    (found) => found.length === 0,
    withinMs,
    1_000,
  );
  return left;
};
