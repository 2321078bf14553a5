import { z } from 'zod';
import { sourceNames } from '../../sandbox/services.ts';
import { startSandbox } from '../../sandbox/start.ts';

// The stand-ins in a process of their own, so that their memory and time are not counted as ours: sends the document,
// the secrets and the address of control, and ends with who started it.
const asked = z
  .object({
    source: z.enum(sourceNames),
    users: z.number(),
    options: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));
const { document, secrets, urls } = await startSandbox(asked);
process.on('disconnect', () => process.exit());
process.send?.({ document, secrets, control: urls.control });
