import { table } from '../../client/table.ts';
import { type Problem, problemsText } from '../../config/problem.ts';
import { inspectSecrets } from '../../config/secrets.ts';
import { actLocally, type Cli, type JsonOption } from '../act.ts';
import type { ConfigTools } from '../config-tools.ts';
import { readFrom } from '../document-file.ts';
import { registerApply } from './config-apply.ts';
import { registerDiff } from './config-diff.ts';
import { registerExport } from './config-export.ts';
import { registerHistory, registerImport, registerRollback } from './config-history.ts';

/** `attune config`: checks a document and prints its schema offline; stores, compares and brings back versions by the API. */
export const registerConfig = (cli: Cli, load: () => Promise<ConfigTools>): void => {
  const config = cli.program
    .command('config')
    .description('check, store and compare documents, and return to earlier versions');

  config
    .command('check')
    .argument('<file>')
    .description('report every error in a document and run its examples, without any connection')
    .option('--json', 'print only JSON')
    .action((file: string, options: JsonOption) =>
      actLocally(cli, options, async () => {
        const { problems } = await readFrom(file, load, inspectSecrets(cli.io.env));
        const errors = problems.filter((problem) => problem.severity === 'error').length;
        if (options.json) cli.io.out(JSON.stringify({ ok: errors === 0, problems }));
        else cli.io.out(shown(problems, errors));
        return errors === 0 ? 0 : 1;
      }),
    );

  config
    .command('schema')
    .description('print the JSON Schema of the document')
    .action(() =>
      actLocally(cli, {}, async () => {
        cli.io.out(JSON.stringify((await load()).schema(), null, 2));
        return 0;
      }),
    );

  registerApply(cli, config, load);
  registerDiff(cli, config, load);
  registerHistory(cli, config);
  registerRollback(cli, config);
  registerImport(cli, config);
  registerExport(cli, config);
};

const shown = (problems: readonly Problem[], errors: number): string => {
  if (problems.length === 0) return 'The document is valid.';
  return [problemsText(problems), table(['errors', 'warnings'], [[errors, problems.length - errors]])].join('\n');
};
