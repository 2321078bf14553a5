import { z } from 'zod';
import { openConfig } from '../../src/config/open-config.ts';
import type { Document } from '../../src/config/schema/document.ts';
import { openSecrets } from '../../src/config/secrets.ts';
import type { Call } from '../../src/core/call.ts';
import type { ReadSecret } from '../../src/core/secret.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import { targetDefinitions } from '../../src/targets/index.ts';
import type { Target } from '../../src/targets/target.ts';

/** A call that nobody cuts short and nobody counts. */
export const freeCall = (): Call => ({
  signal: AbortSignal.timeout(600_000),
  deadline: Number.POSITIVE_INFINITY,
  count: () => undefined,
});

/** Source and targets of the document, through the same clients that Attune uses. */
export type Opened = {
  readonly connector: Document['connectors'][number];
  readonly source: IdentitySource;
  readonly targets: ReadonlyMap<string, Target>;
};

const Given = z.looseObject({ document: z.string(), secrets: z.record(z.string(), z.string()) });

/** What this program was started with. */
export const given = () => Given.parse(JSON.parse(process.argv[2] ?? ''));

/** Opens what the document of the benchmark names. */
export const openDocument = async (): Promise<Opened> => {
  const { document: text, secrets } = given();
  const secret: ReadSecret = openSecrets(secrets);
  const { document, problems } = await openConfig({
    sources: sourceDefinitions,
    targets: targetDefinitions,
  }).readDocument(text);
  const connector = document?.connectors[0];
  if (document === null || connector === undefined) throw new Error(JSON.stringify(problems));
  const source = sourceDefinitions.get(connector.source.kind)?.open(connector.source, { secret });
  if (source === undefined) throw new Error(`no source ${connector.source.kind}`);
  const targets = new Map<string, Target>();
  for (const [id, settings] of Object.entries(document.targets)) {
    const target = targetDefinitions.get(settings.kind)?.open(settings, { secret });
    if (target !== undefined) targets.set(id, target);
  }
  return { connector, source, targets };
};

/** Says that the program is ready, and answers each job it is sent with what was found and how long it took. */
export const takeJobs = <Job>(schema: z.ZodType<Job>, work: (job: Job) => Promise<unknown>): void => {
  process.on('message', (message) => {
    const since = performance.now();
    work(schema.parse(message))
      .then((found) => process.send?.({ found: found ?? null, ms: performance.now() - since }))
      .catch((error: unknown) => process.send?.({ failed: error instanceof Error ? (error.stack ?? '') : 'unknown' }));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
};
