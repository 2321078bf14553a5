import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Problem, problemsText } from '../config/problem.ts';
import { Failure } from '../core/failure.ts';
import { actLocally, type Cli, type JsonOption } from './act.ts';
import { table } from './table.ts';

/** What `attune config` needs of the program: it is loaded when the command runs, because it brings all providers along. */
export type ConfigTools = {
  readonly check: (text: string, place: { baseDir: string }) => Promise<readonly Problem[]>;
  readonly schema: () => object;
};

/** `attune config`: checks a document offline, and prints the JSON Schema that editors complete by. */
export const registerConfig = (cli: Cli, load: () => Promise<ConfigTools>): void => {
  const config = cli.program.command('config').description('check a document, or print its schema');

  config
    .command('check')
    .argument('<file>')
    .description('tell everything that is wrong with a document, without any connection')
    .option('--json', 'print JSON alone')
    .action((file: string, options: JsonOption) =>
      actLocally(cli, options, async () => {
        const text = await read(file);
        const problems = await (await load()).check(text, { baseDir: dirname(resolve(file)) });
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
};

const read = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Failure('config', `The document ${file} cannot be read.`, {
      remedy: 'Check that the file exists and may be read.',
      cause,
    });
  }
};

const shown = (problems: readonly Problem[], errors: number): string => {
  if (problems.length === 0) return 'The document is right.';
  return [problemsText(problems), table(['errors', 'warnings'], [[errors, problems.length - errors]])].join('\n');
};
