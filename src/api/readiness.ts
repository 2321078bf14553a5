import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiParts } from './parts.ts';

/** The answer comes within two seconds, whatever the parts do. */
const withinMs = 1_800;

/** What is wrong with each part that is not ready, by its name. */
export const unreadyParts = async (ready: ApiParts['ready']): Promise<ReadonlyMap<string, string>> => {
  const parts = await Promise.all(
    Object.entries(ready).map(async ([name, check]) => {
      const silent = sleep(withinMs, 'does not answer in time', { ref: false });
      const problem = await Promise.race([check().catch(() => 'does not answer'), silent]);
      return problem === null ? [] : [[name, problem] as const];
    }),
  );
  return new Map(parts.flat());
};
