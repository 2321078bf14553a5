import { spawn } from 'node:child_process';
import { SignInLinkWire } from '../../api/schemas/session.ts';
import { act, type Cli } from '../act.ts';
import { findAccess } from '../connection.ts';
import type { Io } from '../io.ts';

type ConsoleOptions = { readonly print?: boolean };

/** `attune console`: opens the web console, signed in by a link that works once. */
export const registerConsole = (cli: Cli): void => {
  cli.program
    .command('console')
    .description('open the web console in the browser, signed in through a link that works once, within a minute')
    .option('--print', 'print the link instead of opening it')
    .action((options: ConsoleOptions) =>
      act(cli, {}, async (client) => {
        const { url } = await findAccess(cli.io.env);
        const link = await client.post('/api/session/links', null, SignInLinkWire);
        const address = new URL(link.url, url).href;
        if (options.print !== true && (await opened(address, cli.io.env))) {
          cli.io.out(`Opened ${new URL(url).origin} in the browser.`);
        } else {
          cli.io.out(address);
        }
        return 0;
      }),
    );
};

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Whether the system's own opener took the address; it may not be there, as on a server. */
const opened = (address: string, env: Io['env']): Promise<boolean> =>
  new Promise((resolve) => {
    const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
    const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true, env });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
