import { sourceNames } from '../sandbox/services.ts';
import { startSandbox } from '../sandbox/start.ts';

// The stand-ins in a process of their own, so that their memory is not counted as ours: sends the document and secrets.
const [asked, users] = process.argv.slice(2);
const source = sourceNames.find((name) => name === asked);
if (source === undefined) throw new Error(`no such source: ${asked}`);
const { document, secrets } = await startSandbox({ source, users: Number(users) });
process.send?.({ document, secrets });
