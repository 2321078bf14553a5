import { startSandbox } from '../sandbox/start.ts';

// The stand-ins in a process of their own, so that their memory is not counted as ours: sends the document and secrets.
const [source, users] = process.argv.slice(2);
if (source !== 'entra' && source !== 'okta' && source !== 'google') throw new Error(`no such source: ${source}`);
const { document, secrets } = await startSandbox({ source, users: Number(users) });
process.send?.({ document, secrets });
