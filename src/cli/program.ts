import { Command, CommanderError } from 'commander';
import type { Cli } from './act.ts';
import { registerApprove } from './commands/approve.ts';
import { registerAttributes } from './commands/attributes.ts';
import { registerAudit } from './commands/audit.ts';
import { registerCancel } from './commands/cancel.ts';
import { registerCheck } from './commands/check.ts';
import { registerConnector } from './commands/connector.ts';
import { registerConnectors } from './commands/connectors.ts';
import { registerConsole } from './commands/console.ts';
import { registerLeavers } from './commands/leavers.ts';
import { registerLink, registerUnlink } from './commands/link.ts';
import { registerNotify } from './commands/notify.ts';
import { registerParity } from './commands/parity.ts';
import { registerPlan } from './commands/plan.ts';
import { registerReject } from './commands/reject.ts';
import { registerReport } from './commands/report.ts';
import { registerRetry } from './commands/retry.ts';
import { registerRuns } from './commands/runs.ts';
import { registerSync } from './commands/sync.ts';
import { registerToken } from './commands/token.ts';
import { registerWhy } from './commands/why.ts';
import type { ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';

const description = `Keeps profiles in Jira and Confluence Data Center in tune with the identity provider.

Commands talk to the HTTP API: at ATTUNE_URL with ATTUNE_TOKEN, else to the one
started from the data directory (ATTUNE_DATA_DIR, .attune by default).
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with new failures, 4 awaiting approval.`;

/** Runs one command line and returns its exit code. `more` registers commands that are defined elsewhere. */
export const runProgram = async (
  args: readonly string[],
  io: Io,
  version: string,
  more: (cli: Cli) => void = () => undefined,
): Promise<ExitCode> => {
  const program = new Command('attune')
    .description(description)
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });
  // A variable of a script that holds nothing is no name: an address made of it would be another one.
  program.hook('preAction', (_, command) => {
    const empty = command.registeredArguments.find((_argument, index) => command.args[index]?.trim() === '');
    if (empty !== undefined) command.error(`error: argument '${empty.name()}' is empty`);
  });
  let code: ExitCode = 0;
  const cli: Cli = {
    program,
    version,
    io,
    exit: (ended) => {
      code = ended;
    },
  };
  registerSync(cli);
  registerRuns(cli);
  registerReport(cli);
  registerPlan(cli);
  registerParity(cli);
  registerApprove(cli);
  registerReject(cli);
  registerCancel(cli);
  registerRetry(cli);
  registerConnectors(cli);
  registerConsole(cli);
  registerConnector(cli);
  registerCheck(cli);
  registerWhy(cli);
  registerLeavers(cli);
  registerLink(cli);
  registerUnlink(cli);
  registerAttributes(cli);
  registerNotify(cli);
  registerToken(cli);
  registerAudit(cli);
  more(cli);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
};
