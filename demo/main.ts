import { parseArgs } from 'node:util';
import { startSandbox } from '../sandbox/start.ts';
import { createDisplay } from '../src/cli/display.ts';
import { processIo } from '../src/cli/io.ts';
import { isFailure } from '../src/core/failure.ts';
import { openConsole } from './console.ts';
import { openControl } from './control.ts';
import { startServer } from './server.ts';
import { play } from './story.ts';

const usage = `npm run demo -- [--users N] [--plan] [--json] [--exit]
  --users N  people in the directory, 1000 by default
  --plan     plan only, write nothing
  --json     print only JSON on standard output
  --exit     stop at the end of the demo instead of waiting for Ctrl-C
`;

const readArgs = () => {
  try {
    const { values } = parseArgs({
      options: {
        users: { type: 'string', default: '1000' },
        plan: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        exit: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit();
    }
    const users = Number(values.users);
    if (Number.isInteger(users) && users >= 100 && users <= 200_000) return { ...values, users };
    process.stderr.write('--users must be a whole number from 100 to 200000.\n');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'Wrong usage.'}\n`);
  }
  process.stderr.write(usage);
  process.exit(2);
};

const args = readArgs();
const say = (text: string): void => void (args.json ? process.stderr : process.stdout).write(`${text}\n`);
const closing: (() => Promise<void>)[] = [];
let stopped = false;
const asked = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopped) process.exit(1);
      stopped = true;
      resolve();
    });
  }
});
const closeAll = async (): Promise<void> => {
  for (const close of closing.splice(0).reverse()) await close();
};

try {
  say(
    `Creating a directory of ${args.users.toLocaleString('en-US')} people, and Jira and Confluence, on this machine ...`,
  );
  const sandbox = await startSandbox({ users: args.users });
  closing.push(sandbox.close);
  say('Starting Attune with its own PostgreSQL and Temporal ...\n');
  const server = await startServer(sandbox.document, sandbox.secrets);
  closing.push(server.stop);
  const urls = { api: server.access.url, temporal: server.temporalUi, ...sandbox.urls };
  const display = () => createDisplay(processIo, args.json);
  const told = play({ args, server, control: openControl(sandbox.urls.control), display, say });
  const result = await Promise.race([told, asked.then(() => null)]);
  if (result !== null) {
    const { ok, ...rest } = result;
    if (args.json) process.stdout.write(`${JSON.stringify({ ...rest, urls })}\n`);
    process.exitCode = ok ? 0 : 1;
    if (!args.exit) {
      say(`\nTo look around (the token is in .attune/demo/api.json):`);
      for (const [name, url] of Object.entries(urls)) say(`  ${name.padEnd(12)}${url}`);
      const { link } = await openConsole(server.access);
      const tell = async (): Promise<void> => {
        say(
          `\nThe web console, signed in (the link works once, within a minute; Enter prints another):\n  ${await link()}`,
        );
      };
      await tell();
      say('\nCtrl-C stops everything.');
      process.stdin.on('data', () => void tell().catch(() => undefined));
      await asked;
    }
  }
  told.catch(() => undefined);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(
    `${isFailure(error) ? error.sentence : error instanceof Error ? error.message : 'It failed.'}\n`,
  );
} finally {
  await closeAll();
}
process.exit();
