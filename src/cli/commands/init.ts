import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { leavesOf } from '../../config/issues.ts';
import { openSecrets } from '../../config/secrets.ts';
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/values.ts';
import { actLocally, type Cli } from '../act.ts';
import type { ConfigTools } from '../config-tools.ts';
import type { ExitCode } from '../exit-code.ts';
import { type Answers, answersSchema, secretsOf, sourceSettings, targetSettings } from '../first-document/answers.ts';
import { type Ask, askAll } from '../first-document/ask.ts';
import { logins, type Row, writeFirstDocument } from '../first-document/write.ts';

type InitOptions = { readonly file: string; readonly yes?: boolean; readonly from?: string };

const answersFile = 'attune-answers.json';
const schemaFile = 'attune.schema.json';

/** `attune init`: asks what a first document needs, checks it against the real systems, proposes rows and writes it. */
export const registerInit = (cli: Cli, load: () => Promise<ConfigTools>): void => {
  cli.program
    .command('init')
    .description(
      'create a first document: asks questions, checks the directory and the targets, and proposes rows; writes nothing to them',
    )
    .option('--file <file>', 'where the document is written', 'attune.yaml')
    .option('--from <file>', 'take the answers from a JSON file, as saved by an earlier init, instead of asking')
    .option('--yes', 'accept every proposal without asking')
    .action((options: InitOptions) => actLocally(cli, {}, () => init(cli, load, options)));
};

const init = async (cli: Cli, load: () => Promise<ConfigTools>, options: InitOptions): Promise<ExitCode> => {
  const { io } = cli;
  const folder = dirname(options.file);
  await mustBeNew(options.file);
  const lines = options.from === undefined || options.yes !== true ? createInterface({ input: process.stdin }) : null;
  try {
    const ask = asker(lines?.[Symbol.asyncIterator]() ?? null, io.out);
    const answers = options.from === undefined ? await askAll(ask, io.out) : await readAnswers(options.from);
    await mustBeSet(io.env, answers, folder);
    const { checkConnections, openConnections, proposeRows } = await import('../../server/try-connections.ts');
    const targets = Object.fromEntries(answers.targets.map((target) => [target.name, targetSettings(target)]));
    const connections = openConnections(sourceSettings(answers), targets, openSecrets(io.env));
    try {
      io.out('\nChecking the directory and each target; nothing is written there ...');
      const checked = await checkConnections(connections);
      for (const [party, found] of checked) {
        io.out(party);
        for (const { what, ok, found: said, remedy } of found) {
          io.out(`  ${ok ? 'ok  ' : 'FAIL'}  ${what}: ${said}${remedy === undefined ? '' : `\n        ${remedy}`}`);
        }
      }
      if ([...checked.values()].flat().some(({ ok }) => !ok)) {
        await keepAnswers(answers, folder);
        throw new Failure('config', 'Something a run needs is missing: see above.', {
          remedy: `Correct it, then run: attune init --from ${join(folder, answersFile)}.`,
        });
      }
      const proposed = await proposeRows(connections, loginAt(answers));
      const rows = await chosen(ask, io.out, proposed, options.yes === true);
      return await write(cli, load, options, answers, rows);
    } finally {
      await connections.close();
    }
  } finally {
    lines?.close();
  }
};

/** Asks on the terminal, or reads the lines that are piped in. */
const asker =
  (lines: AsyncIterator<string> | null, out: (text: string) => void): Ask =>
  async (question, usual) => {
    out(`${question}${usual === undefined ? '' : ` [${usual}]`}`);
    const next = lines === null ? { done: true, value: undefined } : await lines.next();
    if (next.done === true && usual === undefined) {
      throw new Failure('config', 'There is no terminal to answer questions.', {
        remedy: 'Provide the answers with --from <file>.',
      });
    }
    const typed = typeof next.value === 'string' ? next.value.trim() : '';
    return typed === '' ? (usual ?? '') : typed;
  };

const mustBeNew = async (file: string): Promise<void> => {
  const stands = await access(file).then(
    () => true,
    () => false,
  );
  if (!stands) return;
  throw new Failure('conflict', `${file} already exists.`, {
    remedy: 'Choose another file with --file, or move this one away.',
  });
};

const readAnswers = async (file: string): Promise<Answers> => {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw new Failure('config', `The answers ${file} cannot be read.`, { remedy: 'Check the name.' });
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    throw new Failure('config', `The answers ${file} are not valid JSON.`, {
      remedy: 'See docs/commands.md for an example.',
    });
  }
  const parsed = answersSchema.safeParse(plain);
  if (parsed.success) return parsed.data;
  // What was given is not repeated: somebody may have put a secret where its name belongs.
  const wrong = parsed.error.issues
    .flatMap((issue) => leavesOf(issue))
    .map(({ place, message }) => `${place.join('.') || 'they'}: ${message.replace(/\.$/, '')}`);
  throw new Failure('config', `The answers ${file} cannot be used: ${wrong.join('; ')}.`, {
    remedy: 'Correct them; docs/commands.md has an example.',
  });
};

/** Everything is asked of the real systems, which takes the secrets: those that are missing are named all at once. */
const mustBeSet = async (
  env: Readonly<Record<string, string | undefined>>,
  answers: Answers,
  folder: string,
): Promise<void> => {
  const missing = secretsOf(answers).filter((name) => (env[name] ?? '') === '');
  if (missing.length === 0) return;
  await keepAnswers(answers, folder);
  throw new Failure('config', `Not set: ${missing.join(', ')}.`, {
    remedy: `Set them for this command (they are read from the environment and not stored), then run: attune init --from ${join(folder, answersFile)}.`,
  });
};

const keepAnswers = (answers: Answers, folder: string): Promise<void> =>
  writeFile(join(folder, answersFile), `${JSON.stringify(answers, null, 2)}\n`, { mode: 0o600 });

const loginAt =
  ({ source }: Answers) =>
  (attributes: JsonObject): string | null => {
    let here: unknown = attributes;
    for (const part of logins[source.kind].login.split('.')) {
      here = typeof here === 'object' && here !== null ? Reflect.get(here, part) : undefined;
    }
    return typeof here === 'string' ? (here.split('@')[0] ?? null) : null;
  };

const chosen = async (
  ask: Ask,
  out: (text: string) => void,
  proposed: ReadonlyMap<string, readonly Row[]>,
  all: boolean,
): Promise<ReadonlyMap<string, readonly Row[]>> => {
  const rows = new Map<string, readonly Row[]>();
  for (const [target, own] of proposed) {
    out(`\nProposed for ${target}:`);
    const taken: Row[] = [];
    for (const row of own) {
      const text = `  ${row.attribute} from ${row.from} (${row.why})`;
      if (all) out(text);
      if (all || /^y/i.test(await ask(`${text}? (y/n)`, 'y'))) taken.push(row);
    }
    if (taken.length === 0) {
      throw new Failure('config', `No row writes anything to ${target}.`, {
        remedy: 'Accept at least one row; you can add more in the console, with a preview on real people.',
      });
    }
    rows.set(target, taken);
  }
  return rows;
};

const write = async (
  { io }: Cli,
  load: () => Promise<ConfigTools>,
  { file }: InitOptions,
  answers: Answers,
  rows: ReadonlyMap<string, readonly Row[]>,
): Promise<ExitCode> => {
  const tools = await load();
  const text = writeFirstDocument(answers, rows, schemaFile);
  const { document, problems } = await tools.read(text, { baseDir: dirname(file) });
  if (document === null) {
    const wrong = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new Failure('config', `The document made from these answers is not valid: ${wrong}`, {
      remedy: 'Correct the answers.',
    });
  }
  const env = join(dirname(file), '.env.example');
  const names = secretsOf(answers).map((name) => `${name}=`);
  await writeFile(file, text, { flag: 'wx' });
  await writeFile(join(dirname(file), schemaFile), `${JSON.stringify(tools.schema(), null, 2)}\n`);
  await writeFile(env, `# Copy to .env, fill in, keep to yourself (chmod 600).\n${names.join('\n')}\n`, {
    mode: 0o600,
  });
  io.out(`
Created ${file}, with ${schemaFile} for your editor and ${env} for the secrets.
Next:
  attune serve --config ${file}
  attune console
In the console, try the rows on real people, then plan for everybody. Nothing is written until you say so.`);
  return 0;
};
