import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { registerConfig } from '../../src/cli/commands/config.ts';
import { registerExplain } from '../../src/cli/commands/explain.ts';
import { registerInit } from '../../src/cli/commands/init.ts';
import { registerLedger } from '../../src/cli/commands/ledger.ts';
import { registerServe } from '../../src/cli/commands/serve.ts';
import { registerWhatIf } from '../../src/cli/commands/what-if.ts';
import { answersSchema } from '../../src/cli/first-document/answers.ts';
import { runProgram } from '../../src/cli/program.ts';
import { scheduleSchema } from '../../src/config/schema/schedule.ts';
import { scheduleId } from '../../src/core/schedules/schedule.ts';
import { taskQueue } from '../../src/temporal/task-queue.ts';
import { applyPlanForm, fullSyncForm, requireInput, syncUserForm } from '../../workflows/input.ts';
import {
  commandLine,
  commandLinesOf,
  pages,
  partsOf,
  root,
  startsServers,
  wordsOf,
} from '../fixtures/documentation.ts';

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

const Package = z.object({ scripts: z.record(z.string(), z.string()) });
const { scripts } = Package.parse(JSON.parse(read('package.json')));

const Described = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const { paths } = Described.parse(JSON.parse(read('openapi.json')));

/** What a program prints for these words, and its exit code. */
const attune = async (words: readonly string[]) => {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const load = async () => {
    throw new Error('a document that is not there is read by nobody');
  };
  const env = { ATTUNE_DATA_DIR: join(root, 'nowhere') };
  const code = await runProgram(words, { out: say, err: say, env, live: false }, '0.0.0', (cli) => {
    registerServe(cli);
    registerLedger(cli);
    registerConfig(cli, load);
    registerInit(cli, load);
    registerExplain(cli, load);
    registerWhatIf(cli, load);
  });
  return { code, said: said.join('\n') };
};

const optionsOf = (words: readonly string[]): readonly string[] =>
  words.filter((word) => word.startsWith('--') && word !== '--').map((word) => word.replace(/=.*$/, ''));

/** The words that name a command: of one that has commands of its own, two. */
const nameOf = (words: readonly string[]): readonly string[] =>
  words
    .slice(0, ['config', 'token', 'connector', 'ledger', 'notify'].includes(words[0] ?? '') ? 2 : 1)
    .filter((word) => !word.startsWith('-'));

const knowsOptions = (said: string, options: readonly string[]): void => {
  for (const option of options) {
    assert.ok(new RegExp(`^ +(-\\w, +)?${option}( |,|$)`, 'm').test(said), `${option} in ${said}`);
  }
};

const described = new Map<string, ReturnType<typeof attune>>();

const isKnownCommand = async (line: string): Promise<void> => {
  const words = wordsOf(line);
  const name = nameOf(words);
  const asked = described.get(name.join(' ')) ?? attune([...name, '--help']);
  described.set(name.join(' '), asked);
  const { code, said } = await asked;
  assert.equal(code, 0, `${line}: ${said}`);
  // `<command>` stands for any of them.
  const meant = name.filter((word) => !word.startsWith('<'));
  assert.ok(said.startsWith(`Usage: attune ${meant.join(' ')}`), `${line}: ${said}`);
  knowsOptions(said, optionsOf(words));
};

const run = promisify(execFile);

/** What a program of this repository, or another one, says of itself. */
const helpOf = async (program: string, args: readonly string[]): Promise<string> => {
  const ended = await run(program, [...args, '--help'], { cwd: root }).catch((error: unknown) => error);
  const { stdout, stderr } = z.object({ stdout: z.string(), stderr: z.string() }).parse(ended);
  return stdout + stderr;
};
const helps = new Map<string, Promise<string>>();
const helpOnce = (program: string, ...args: readonly string[]): Promise<string> => {
  const key = [program, ...args].join(' ');
  const known = helps.get(key) ?? helpOf(program, args);
  helps.set(key, known);
  return known;
};

const temporal = process.env.ATTUNE_TEST_TEMPORAL_CLI ?? 'temporal';
const forms = new Map([
  ['fullSync', fullSyncForm],
  ['syncUser', syncUserForm],
  ['applyPlan', applyPlanForm],
]);

const isKnownTemporal = async (line: string): Promise<void> => {
  const words = wordsOf(line);
  const said = await helpOnce(
    temporal,
    ...words.slice(
      0,
      words.findIndex((word) => word.startsWith('-')),
    ),
  );
  knowsOptions(said, optionsOf(words));
  const given = (option: string): string | undefined => words[words.indexOf(option) + 1];
  if (words[0] !== 'workflow' || words[1] !== 'start') return;
  assert.equal(given('--task-queue'), taskQueue);
  requireInput(JSON.parse(given('--input') ?? ''), forms.get(given('--type') ?? '') ?? assert.fail(line));
};

const Compose = z.looseObject({
  services: z.record(z.string(), z.looseObject({ profiles: z.array(z.string()).default([]) })),
});
const { services } = Compose.parse(parse(read('docker-compose.yml'), { merge: true }));

/** The words of docker compose that the pages use; what they run inside goes through the same test. */
const isKnownCompose = async (line: string): Promise<void> => {
  const words = wordsOf(line);
  const at = words.indexOf('--profile');
  if (at >= 0) {
    const profiles = Object.values(services).flatMap((one) => one.profiles);
    assert.ok(profiles.includes(words[at + 1] ?? ''), line);
    words.splice(at, 2);
  }
  const [what = '', ...rest] = words;
  assert.ok(['up', 'build', 'exec', 'run', 'down', 'logs', 'restart'].includes(what), line);
  if (what === 'run') return assert.ok(services[rest.find((word) => word !== '--rm') ?? ''], line);
  if (what !== 'exec')
    return assert.deepEqual(
      rest.filter((word) => word !== '--detach'),
      [],
      line,
    );
  assert.ok(services[rest[0] ?? ''], line);
  await isKnown(
    rest
      .slice(1)
      .map((word) => (/\s/.test(word) ? `'${word}'` : word))
      .join(' '),
  );
};

/** A program of this repository: what it says of itself names its options, and the first word that says what it is to do. */
const isKnownProgram = async (file: string, rest: readonly string[]): Promise<void> => {
  assert.ok(existsSync(join(root, file)), file);
  if (file === 'src/cli/main.ts') return isKnownCommand(rest.join(' '));
  if (rest.length === 0) return;
  const said = await helpOnce(process.execPath, '--disable-warning=ExperimentalWarning', file);
  for (const option of optionsOf(rest)) assert.match(said, new RegExp(`${option}(?![\\w-])`));
  const [word] = rest;
  if (word !== undefined && !word.startsWith('-')) assert.ok(said.includes(word), `${word} in ${said}`);
};

const isKnownScript = async (line: string): Promise<void> => {
  const [name = '', , ...rest] = wordsOf(line);
  const script = scripts[name] ?? assert.fail(`npm run ${name}`);
  const [, file] = /^node scripts\/run\.mjs (\S+\.ts)$/.exec(script) ?? [];
  if (file !== undefined) return isKnownProgram(file, rest);
  for (const path of rest.filter((word) => !word.startsWith('-'))) assert.ok(existsSync(join(root, path)), path);
};

/** Every way a line of a page begins, and how the rest of it is held against what there is. */
const kinds: readonly (readonly [beginning: RegExp, isKnown: (rest: string) => Promise<void>])[] = [
  [/^npm run attune -- /, isKnownCommand],
  [/^attune /, isKnownCommand],
  [/^npm test( -- )?/, (rest) => isKnownScript(`test -- ${rest}`)],
  [/^npm run /, isKnownScript],
  [/^temporal /, isKnownTemporal],
  [/^docker compose /, isKnownCompose],
  [/^cp /, async (rest) => assert.ok(existsSync(join(root, wordsOf(rest)[0] ?? '')), rest)],
  [
    /^(\/usr\/bin\/)?node /,
    (rest) => {
      const words = wordsOf(rest).filter((word) => word !== '--disable-warning=ExperimentalWarning');
      return isKnownProgram(words[0] ?? '', words.slice(1));
    },
  ],
];

/** Holds a line against what there is: comments, variables before it, and where its output goes are no part of it. */
const isKnown = async (line: string): Promise<void> => {
  const plain = line
    .replace(/^\$ /, '')
    .replace(/\s#.*$/, '')
    .replace(/\s>\s*\S+\s*$/, '')
    .replace(/^((?:[A-Z_]+=(?:\$\([^)]*\)|\S*) )*)/, '')
    .trim();
  for (const part of plain.split(' && ')) {
    const kind = kinds.find(([beginning]) => beginning.test(part)) ?? assert.fail(`nobody knows: ${part}`);
    await kind[1](part.replace(kind[0], ''));
  }
};

/** Code within the text of a page that is a command, and not the name of a program or a package alone. */
const inlineCommand =
  /^([A-Z_]+=\S* )*(npm (run|test)|attune|temporal (workflow|schedule|operator|server)|docker compose|node) \S/;

describe('commands, files and addresses of the documentation', () => {
  for (const page of pages) {
    const text = read(page);
    const { prose } = partsOf(text);
    const lines = commandLinesOf(text);
    const inline = [...prose.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) =>
      inlineCommand.test(code) ? [code] : [],
    );
    const services = [...text.matchAll(/^ExecStart=(.*)$/gm)].map(([, line = '']) => line);
    for (const line of [...lines, ...inline, ...services]) it(`${page}: ${line}`, () => isKnown(line));

    const whole = lines.flatMap((line) => commandLine.exec(line)?.[1] ?? []);
    for (const line of whole.filter((one) => !startsServers(wordsOf(one)))) {
      it(`${page}: attune ${line} is a whole command`, async () => {
        const { code, said } = await attune(wordsOf(line));
        assert.notEqual(code, 2, said);
      });
    }
    it(`${page} names scripts, files and addresses that there are`, () => {
      for (const [, script = ''] of text.matchAll(/\bnpm run ([a-z:-]+)/g))
        assert.ok(scripts[script], `npm run ${script}`);
      for (const [, path = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(root, dirname(page), path)), path);
      }
      const file = /`((?:src|test|docs|sandbox|workflows|activities|demo|console|bench|faults|scripts)\/[\w./-]+)`/g;
      for (const [, path = ''] of text.matchAll(file)) assert.ok(existsSync(join(root, path)), path);
    });
    for (const [, methods = '', path = ''] of text.matchAll(
      /`((?:GET|POST|PUT|DELETE)(?: \| (?:GET|POST|PUT|DELETE))*) ([/…][^`?\s]*)/g,
    )) {
      for (const method of methods.split(' | ')) {
        it(`${page}: ${method} ${path} is answered`, () =>
          assert.ok(isAnswered(page, method, path), `${method} ${path}`));
      }
    }
  }

  it('schedules are named as Temporal knows them', () => {
    const blocks = ['attune.example.yaml', ...pages].flatMap((page) =>
      page.endsWith('.yaml') ? [read(page)] : partsOf(read(page)).blocks.map(({ lines }) => lines.join('\n')),
    );
    const named = blocks.flatMap((text) =>
      [...text.matchAll(/^\s*- (\{ (?:cron|every):.*\})/gm)].map(([, entry = '']) => entry),
    );
    const ids = named.map((entry) => scheduleId('acme', scheduleSchema.parse(parse(entry))));
    const told = pages.flatMap((page) => [...read(page).matchAll(/\battune\/acme\/[^`'\s]+/g)].map(([id]) => id));
    assert.ok(told.length > 0);
    for (const id of told) assert.ok(ids.includes(id), `${id} in ${ids.join(', ')}`);
  });

  it('every block is of a kind that a test takes', () => {
    const runs = (language: string): boolean => ['', 'sh', 'bash'].includes(language);
    /** Blocks that are neither documents nor commands, by what takes them, if anything is to be taken. */
    const others: Readonly<Record<string, readonly string[]>> = {
      // The answers of `attune init`, below.
      json: ['docs/commands.md'],
      // Compiled and asked by test/endpoint-scripts and test/sandbox/endpoint-script.test.ts.
      groovy: ['docs/connectors/confluence.md', 'docs/connectors/jira.md'],
      // Variables, held against the Compose file by test/docker/compose.test.ts, and a unit, checked below.
      ini: ['docs/operations.md', 'docs/operations.md'],
      // For another program; it leads to where the API listens by itself.
      nginx: ['docs/console.md'],
      // A report and a drawing, which nobody types.
      text: ['README.md', 'docs/architecture.md'],
    };
    const found = pages.flatMap((page) => partsOf(read(page)).blocks.map(({ language }) => ({ page, language })));
    const yaml = pages.flatMap((page) => [...read(page).matchAll(/^```ya?ml\n/gm)]).length;
    assert.equal(
      found.filter(({ language }) => /^ya?ml$/.test(language)).length,
      yaml,
      'documentation.test.ts reads all',
    );
    const rest = found.filter(({ language }) => !runs(language) && !/^ya?ml$/.test(language));
    const byLanguage = Object.groupBy(rest, ({ language }) => language);
    assert.deepEqual(
      Object.fromEntries(
        Object.entries(byLanguage).map(([name, all = []]) => [name, all.map(({ page }) => page).sort()]),
      ),
      others,
    );
  });

  it('the answers that init is told to start from are answers it takes', () => {
    const [, text = ''] = /^```json\n(\{\n {2}"connector".*?)^```/ms.exec(read('docs/commands.md')) ?? [];
    assert.equal(answersSchema.safeParse(JSON.parse(text)).error, undefined);
  });
});

const control = read('sandbox/control.ts');
const products = [...globSync(['src/sources/**/*.ts', 'src/targets/**/*.ts'], { cwd: root })].map(read).join('\n');

/**
 * Whether an address of a page is one of the API, of the sandbox's control, or one that Attune itself asks at a provider
 * or product; `…` stands for the beginning of one.
 */
const isAnswered = (page: string, method: string, path: string): boolean => {
  const known = Object.entries(paths).flatMap(([at, operations]) =>
    Object.keys(operations).map((each) => `${each.toUpperCase()} ${at}`),
  );
  const isOwn = path.startsWith('…')
    ? known.some((one) => one.startsWith(`${method} `) && one.endsWith(path.slice(1)))
    : known.includes(`${method} ${path}`);
  if (isOwn) return true;
  if (page === 'docs/sandbox.md') return control.includes(`'${method} ${path}'`);
  if (!page.startsWith('docs/connectors/')) return false;
  return products.includes(
    path
      .replace(/^…/, '')
      .replace(/^\/(api\/v1|v1\.0)/, '')
      .replace(/\/getUserPreferenceString$/, ''),
  );
};

describe('what Attune itself tells to type', () => {
  const texts = globSync(['src/**/*.ts', 'console/src/**/*.{ts,tsx}'], { cwd: root });
  for (const file of texts) {
    const told = [...read(file).matchAll(/[`'"(]attune ([a-z]+(?: [a-z-]+)?[^`'"\\\n)]*)[`'")\\]/g)].map(
      ([, line = '']) => line,
    );
    const lines = new Set(told.map((one) => one.replaceAll(/\$\{[^}]*\}/g, 'x')));
    if (lines.size === 0) continue;
    it(`${file}: ${[...lines].join('; ')}`, async () => {
      for (const line of lines) await isKnownCommand(line);
    });
  }
});
