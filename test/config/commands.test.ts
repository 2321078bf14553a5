import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { registerConfig } from '../../src/cli/commands/config.ts';
import { registerExplain } from '../../src/cli/commands/explain.ts';
import { registerServe } from '../../src/cli/commands/serve.ts';
import { runProgram } from '../../src/cli/program.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
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
    registerConfig(cli, load);
    registerExplain(cli, load);
  });
  return { code, said: said.join('\n') };
};

/** The words of a command line as a shell gives them; a comment ends it. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/\s#.*$/, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

const commandLine = /^(?:\$ )?(?:npm run attune -- |attune )(.*)$/;

/** Every command of a page: whole lines of its blocks, and what stands in the text. */
const commandsOf = (page: string) => {
  const text = read(page);
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const whole = blocks.flatMap((line) => commandLine.exec(line)?.[1] ?? []);
  const prose = text.replaceAll(/^```\w*\n.*?^```/gms, '');
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => commandLine.exec(code)?.[1] ?? []);
  return { whole, inline };
};

const startsServers = (words: readonly string[]): boolean =>
  ['serve', 'worker', 'api'].includes(words[0] ?? '') || words.includes('--local');

describe('commands, files and addresses of the documentation', () => {
  for (const page of pages) {
    const { whole, inline } = commandsOf(page);
    for (const line of [...whole, ...inline]) {
      it(`${page}: attune ${line}`, async () => {
        const words = wordsOf(line);
        const known = words
          .slice(0, words[0] === 'config' || words[0] === 'token' ? 2 : 1)
          .filter((word) => !word.startsWith('-'));
        const { code, said } = await attune([...known, '--help']);
        assert.equal(code, 0, said);
        for (const option of words.filter((word) => word.startsWith('--'))) {
          assert.ok(new RegExp(`^ +(-\\w, )?${option}( |,|$)`, 'm').test(said), `${option} in ${said}`);
        }
      });
    }
    for (const line of whole.filter((one) => !startsServers(wordsOf(one)))) {
      it(`${page}: attune ${line} is a whole command`, async () => {
        const { code, said } = await attune(wordsOf(line));
        assert.notEqual(code, 2, said);
      });
    }
    it(`${page} names scripts, files and addresses that there are`, () => {
      const text = read(page);
      for (const [, script = ''] of text.matchAll(/\bnpm run ([a-z:-]+)/g))
        assert.ok(scripts[script], `npm run ${script}`);
      for (const [, path = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(root, dirname(page), path)), path);
      }
      const file = /`((?:src|test|docs|sandbox|workflows|activities|demo|console|bench|faults|scripts)\/[\w./-]+)`/g;
      for (const [, path = ''] of text.matchAll(file)) assert.ok(existsSync(join(root, path)), path);
      for (const [, method = '', path = ''] of text.matchAll(
        /`(GET|POST|PUT|DELETE) (\/api\/(?!v1\/)[^`?\s]*|\/metrics|\/healthz|\/readyz)/g,
      )) {
        assert.ok(paths[path]?.[method.toLowerCase()], `${method} ${path}`);
      }
    });
  }
});
