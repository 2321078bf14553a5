import { parseArgs } from 'node:util';
import { type SourceName, sourceNames } from './services.ts';
import { startSandbox } from './start.ts';

const usage = `Starts stand-ins for Entra ID, Okta, Google, Jira and Confluence on this machine.

  --users <n>      how many people (1000)
  --port <n>       the first port; without, any that are free
  --seed <n>       the same number gives the same people (1)
  --source <kind>  whose people the document reads: ${sourceNames.join(', ')} (entra)
  --document       print a document for the same --port, and the secrets it names on standard error, and exit
`;

const options = {
  users: { type: 'string', default: '1000' },
  port: { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  source: { type: 'string', default: 'entra' },
  document: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const parsed = () => {
  try {
    return parseArgs({ options });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'wrong usage'}\n\n${usage}`);
    process.exit(2);
  }
};
const { values } = parsed();
if (values.help) {
  process.stdout.write(usage);
  process.exit();
}

const numberOf = (name: 'users' | 'port' | 'seed', most: number): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  process.stderr.write(`--${name} must be a whole number from 0 to ${most}.\n`);
  process.exit(2);
};

const sourceOf = (): SourceName => {
  const found = sourceNames.find((source) => source === values.source);
  if (found !== undefined) return found;
  process.stderr.write(`--source must be one of ${sourceNames.join(', ')}.\n`);
  process.exit(2);
};

if (values.document && values.source === 'google') {
  process.stderr.write('--document does not go with --source google, whose key is made anew at each start.\n');
  process.exit(2);
}

const sandbox = await startSandbox({
  source: sourceOf(),
  users: numberOf('users', 200_000),
  port: numberOf('port', 65_000),
  seed: numberOf('seed', 1_000_000),
}).catch((error: unknown) => {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
  process.stderr.write('A port is taken: give another --port, or none for any that are free.\n');
  process.exit(1);
});
/** As a shell and an .env file read it. */
const quoted = (value: string): string => (/^[\w.:/+=-]*$/.test(value) ? value : `'${value}'`);

const secrets = Object.entries(sandbox.secrets).map(([name, value]) => `${name}=${quoted(value)}\n`);
if (values.document) {
  // The document alone, for a file; it fits a sandbox that is started with the same --port.
  process.stdout.write(sandbox.document);
  process.stderr.write(secrets.join(''));
  await sandbox.close();
  process.exit();
}
for (const [name, url] of Object.entries(sandbox.urls)) process.stdout.write(`${name.padEnd(12)}${url}\n`);
process.stdout.write(`${secrets.join('')}\n${sandbox.document}`);
const stop = () => void sandbox.close();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
