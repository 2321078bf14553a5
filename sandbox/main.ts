import { parseArgs } from 'node:util';
import { startSandbox } from './start.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '1000' },
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});

const numberOf = (name: 'users' | 'port' | 'seed', most: number): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  process.stderr.write(`--${name} must be a whole number from 0 to ${most}.\n`);
  process.exit(2);
};

const sandbox = await startSandbox({
  users: numberOf('users', 200_000),
  port: numberOf('port', 65_000),
  seed: numberOf('seed', 1_000_000),
});
for (const [name, url] of Object.entries(sandbox.urls)) process.stdout.write(`${name.padEnd(12)}${url}\n`);
for (const [name, value] of Object.entries(sandbox.secrets)) process.stdout.write(`${name}=${value}\n`);
process.stdout.write(`\n${sandbox.document}`);
const stop = () => void sandbox.close();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
