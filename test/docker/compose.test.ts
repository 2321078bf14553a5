import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { sandboxSecrets, writeDocument } from '../../sandbox/document.ts';
import { registerServe } from '../../src/cli/commands/serve.ts';
import { runProgram } from '../../src/cli/program.ts';
import { parseKeys } from '../../src/ledger/sealing/keys.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

const service = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.string().optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  profiles: z.array(z.string()).default([]),
  deploy: z.object({ replicas: z.int() }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
});
const compose = z
  .looseObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .parse(parse(text('docker-compose.yml'), { merge: true }));
const services = new Map(Object.entries(compose.services));
const get = (name: string): z.infer<typeof service> => services.get(name) ?? assert.fail(`no service ${name}`);
const ours = ['api', 'worker'].map(get);

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => text(join(folder, file)));
const program = sources('src').join('\n');

test('every variable given to the program is one it reads', () => {
  for (const { environment } of ours) {
    for (const name of Object.keys(environment)) {
      // Temporal's own variables are read by its environment configuration, which the program loads.
      if (name.startsWith('TEMPORAL_')) assert.match(program, /loadClientConnectConfig\(\)/);
      else assert.match(program, new RegExp(`\\b${name}\\b`), `${name} is read nowhere`);
    }
  }
});

test('a secret that is missing stops everything with a sentence, and none has a value in the file', () => {
  const whole = text('docker-compose.yml');
  for (const name of ['POSTGRES_PASSWORD', 'ATTUNE_KEYS', 'ATTUNE_TOKEN']) {
    const uses = [...whole.matchAll(new RegExp(`\\$\\{${name}[^}]*\\}`, 'g'))].map(([use]) => use);
    assert.ok(uses.length > 0, `${name} is used`);
    for (const use of uses) assert.match(use, /:\?Set /);
    assert.match(text('docs/operations.md'), new RegExp(`^ *${name}=`, 'm'));
  }
});

test('every command exists in the program, and every file it is given is mounted', async () => {
  for (const { command, volumes } of ours) {
    const [name = '', ...rest] = command;
    const help: string[] = [];
    const io = { out: (line: string) => help.push(line), err: () => undefined, env: {}, live: false };
    assert.equal(await runProgram([name, '--help'], io, '0', registerServe), 0);
    for (const option of rest.filter((one) => one.startsWith('--'))) assert.match(help.join('\n'), new RegExp(option));
    for (const path of rest.filter((one) => one.startsWith('/'))) {
      assert.ok(
        volumes.some((volume) => volume.split(':').at(-2) === path),
        `${path} is not mounted`,
      );
    }
  }
});

test('two workers, and the API alone has the port that it is told to listen on', () => {
  const { environment, ports } = get('api');
  assert.deepEqual(ports, [`127.0.0.1:${environment.ATTUNE_PORT}:${environment.ATTUNE_PORT}`]);
  assert.equal(get('worker').deploy?.replicas, 2);
  assert.ok(get('api').healthcheck?.test.join(' ').includes(`127.0.0.1:${environment.ATTUNE_PORT}/readyz`));
  for (const one of services.values()) for (const port of one.ports) assert.match(port, /^127\.0\.0\.1:/);
});

test('every host file that is mounted is in the repository, but for the document and the secrets', () => {
  const kept = new Set(['./attune.yaml', './secrets']);
  const document = /^\$\{ATTUNE_DOCUMENT:-(.*)\}:/;
  const named = new Set(Object.keys(compose.volumes));
  for (const { volumes } of services.values()) {
    for (const volume of volumes) {
      const from = document.exec(volume)?.[1] ?? volume.split(':')[0] ?? '';
      assert.ok(named.has(from) || kept.has(from) || existsSync(join(root, from)), `${from} does not exist`);
    }
  }
});

test('the page says who has to be able to read the files of secrets, and where they go', () => {
  assert.match(text('Dockerfile'), /^USER node$/m, 'whose id is 1000 in the image of Node');
  assert.ok(text('docker-compose.yml').includes('./secrets:/run/attune-secrets:ro'));
  assert.match(text('docs/operations.md'), /`\.\/secrets`[\s\S]{0,120}id 1000/);
});

test('each service waits for one that exists, and a wait for health is for one that tells its health', () => {
  for (const { depends_on: waits } of services.values()) {
    for (const [name, { condition }] of Object.entries(waits)) {
      const other = get(name);
      if (condition === 'service_healthy') assert.ok(other.healthcheck !== undefined, `${name} tells no health`);
    }
  }
});

test('the sandbox shares the network of those that call it, since plain HTTP is taken on the loopback alone', () => {
  const sandbox = get('sandbox');
  assert.deepEqual(sandbox.profiles, ['demo']);
  assert.equal(sandbox.network_mode, 'service:api');
  assert.equal(get('worker').network_mode, 'service:api');
  const main = text('sandbox/main.ts');
  for (const option of sandbox.command.filter((one) => one.startsWith('--'))) {
    assert.match(main, new RegExp(`\\b${option.slice(2)}: \\{ type: `), `the sandbox knows no ${option}`);
  }
  const program = sandbox.entrypoint.at(-1) ?? '';
  assert.ok(existsSync(join(root, program)));
});

/** The variables of the demo, as `.env` gives them. */
const demo = new Map(
  text('docker/demo.env')
    .split('\n')
    .flatMap((line) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
);

test('the demo has every secret the file asks for, and every one its document names', () => {
  for (const [, name = ''] of text('docker-compose.yml').matchAll(/\$\{([A-Z_]+):\?/g)) assert.ok(demo.has(name), name);
  const document = text('docker/demo.yaml');
  for (const [, name = ''] of document.matchAll(/\{ env: (\w+) \}/g)) assert.ok(demo.has(name), name);
  for (const [name, value] of Object.entries(sandboxSecrets)) assert.equal(demo.get(name) ?? value, value, name);
  assert.equal(demo.get('ATTUNE_DOCUMENT'), './docker/demo.yaml');
  assert.equal(parseKeys(demo.get('ATTUNE_KEYS')).length, 1);
});

test('the document of the demo is the one of a sandbox on those ports', () => {
  const port = Number(get('sandbox').command[get('sandbox').command.indexOf('--port') + 1]);
  const at = (offset: number): string => `http://127.0.0.1:${port + offset}`;
  const urls = { entra: at(0), jira: at(1), confluence: at(2), okta: at(4), google: at(5) };
  assert.deepEqual(parse(text('docker/demo.yaml')), parse(writeDocument(urls)));
  assert.match(get('sandbox').healthcheck?.test.join(' ') ?? '', new RegExp(`connect\\(${port + 3},`));
});

test('the demo ends with a link to the console, after a first run, by commands the program has', async () => {
  for (const name of ['sandbox', 'first-run', 'console-link']) assert.deepEqual(get(name).profiles, ['demo'], name);
  assert.deepEqual(get('console-link').depends_on, { 'first-run': { condition: 'service_completed_successfully' } });
  for (const name of ['first-run', 'console-link']) {
    const { command, environment, network_mode: network } = get(name);
    assert.equal(network, 'service:api', name);
    assert.deepEqual(Object.keys(environment), ['ATTUNE_URL', 'ATTUNE_TOKEN'], name);
    assert.equal(environment.ATTUNE_URL, `http://127.0.0.1:${get('api').environment.ATTUNE_PORT}`);
    const help: string[] = [];
    const io = { out: (line: string) => help.push(line), err: () => undefined, env: {}, live: false };
    assert.equal(await runProgram([command[0] ?? '', '--help'], io, '0', registerServe), 0);
    for (const option of command.filter((one) => one.startsWith('--')))
      assert.match(help.join('\n'), new RegExp(option));
  }
});

test('Temporal keeps its histories in many shards, and every image is pinned', () => {
  assert.equal(get('temporal').environment.NUM_HISTORY_SHARDS, '512');
  for (const { image } of services.values()) assert.match(image, /:\d+(\.\d+)*$/);
  const release = (name: string): string => get(name).image.split(':')[1] ?? '';
  assert.equal(release('temporal'), release('temporal-schema'));
  const mounted = get('temporal').volumes.map((volume) => volume.split(':')[1] ?? '');
  assert.ok(mounted.some((path) => path.endsWith(get('temporal').environment.DYNAMIC_CONFIG_FILE_PATH ?? 'none')));
});

test('the image has Node 24, everything the program needs of the repository, and starts it directly', () => {
  const lines = text('Dockerfile').split('\n');
  const bases = lines.filter((line) => line.startsWith('FROM '));
  for (const line of bases) assert.match(line, /^FROM node:24\.\d+\.\d+-\w+-slim( AS console)?$/);
  assert.equal(new Set(bases.map((line) => line.split(' ')[1])).size, 1, 'built and run with one Node');
  const copies = lines.filter((line) => line.startsWith('COPY '));
  const built = copies.filter((line) => line.startsWith('COPY --from='));
  assert.deepEqual(built, ['COPY --from=console /build/console/dist ./console/dist']);
  const repository = (some: readonly string[]): string[] =>
    some.filter((line) => !built.includes(line)).flatMap((line) => line.split(' ').slice(1, -1));
  for (const path of repository(copies)) assert.ok(existsSync(join(root, path)), `${path} does not exist`);
  const last = lines.findLastIndex((line) => line.startsWith('FROM '));
  const copied = repository(lines.slice(last).filter((line) => line.startsWith('COPY ')));
  for (const folder of ['src', 'workflows', 'activities', 'sandbox']) assert.ok(copied.includes(folder), folder);
  const entrypoint = z.array(z.string()).parse(JSON.parse(/^ENTRYPOINT (.*)$/m.exec(text('Dockerfile'))?.[1] ?? ''));
  assert.equal(entrypoint[0], 'node');
  assert.ok(existsSync(join(root, entrypoint.at(-1) ?? '')));
  const { dependencies } = z
    .looseObject({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(text('package.json')));
  const imported = new Set(
    [...program.matchAll(/^(?:(?:import|export) .*|\}) from '((?:@[\w-]+\/)?[\w.-]+)/gm)].map(([, name]) => name ?? ''),
  );
  for (const name of imported) {
    if (name.startsWith('.') || name.startsWith('node')) continue;
    assert.ok(name in dependencies, `${name} is not installed without development dependencies`);
  }
});

test('a worker is given longer to stop than it takes to hand its steps over', () => {
  const [, most] = /const atMostMs = ([\d_]+);/.exec(text('src/cli/stop.ts')) ?? [];
  const grace = Number(/^(\d+)s$/.exec(String(get('worker').stop_grace_period))?.[1]);
  assert.ok(grace * 1000 > Number(most?.replaceAll('_', '')));
});
