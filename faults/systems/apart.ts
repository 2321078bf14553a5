import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Part } from '../parts.ts';
import { programPart } from '../program.ts';
import type { World } from '../world.ts';
import { ownPostgres, ownTemporal } from './servers.ts';
import { cleanEnvironment, clientOf, freePort, isReadyAt, type System, stopWithinMs } from './system.ts';

/** Addresses of servers that somebody else runs; what is null is run by the session itself. */
export type Addresses = { readonly databaseUrl: string | null; readonly temporal: string | null };

/** The API and two workers apart, over a database and a Temporal of the session's own or of somebody else's. */
export const apartSystem = async (
  world: Pick<World, 'document' | 'secrets'>,
  directory: string,
  temporalCli: string,
  addresses: Addresses,
): Promise<System> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const postgres = addresses.databaseUrl === null ? await ownPostgres(directory) : null;
  const temporal = addresses.temporal === null ? await ownTemporal(directory, temporalCli) : null;
  const url = z.string().parse(addresses.databaseUrl ?? postgres?.address);
  const address = z.string().parse(addresses.temporal ?? temporal?.address);
  const document = join(directory, 'attune.yaml');
  await writeFile(document, world.document);
  const port = await freePort();
  const env = {
    ...cleanEnvironment(),
    ...world.secrets,
    ATTUNE_DATABASE_URL: url,
    ATTUNE_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    TEMPORAL_ADDRESS: address,
    ATTUNE_PORT: String(port),
  };
  const program = (name: string, args: readonly string[]): Part =>
    programPart({
      name,
      args,
      env: { ...env, ATTUNE_DATA_DIR: join(directory, name) },
      log: join(directory, `${name}.log`),
    });
  const programs = [
    program('api', ['api', '--config', document]),
    program('worker-1', ['worker']),
    program('worker-2', ['worker']),
  ];
  const servers = [postgres, temporal].flatMap((server) => (server === null ? [] : [server.part]));
  return {
    name: 'apart',
    parts: [...programs, ...servers],
    programs,
    start: async () => {
      for (const server of servers) await server.start();
      await Promise.all(programs.map((one) => one.start()));
    },
    api: () => clientOf(join(directory, 'api'), port),
    isReady: async () => programs.every((one) => one.pid() !== null) && (await isReadyAt(port)),
    databaseUrl: () => url,
    temporalAddress: () => address,
    stop: async () => {
      const ends = await Promise.all(
        programs.map(async (one) => ((await one.stop(stopWithinMs)) === 'stopped' ? [] : [one.name])),
      );
      await temporal?.stop();
      await postgres?.stop();
      return ends.flat();
    },
  };
};
