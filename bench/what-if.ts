import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { z } from 'zod';
import { plainJson } from '../src/config/open-config.ts';
import { definitionOf } from '../src/config/schema/document.ts';
import type { JsonObject } from '../src/core/values.ts';
import { startEmbeddedPostgres } from '../src/embedded/postgres/start.ts';
import { accountText } from '../src/engine/account-text.ts';
import { openConnectors } from '../src/engine/open/open-connectors.ts';
import { whatIf } from '../src/engine/what-if/what-if.ts';
import { storeConnector } from '../src/ledger/connectors.ts';
import { accountDigest, sealAccount } from '../src/ledger/links/accounts.ts';
import { type Ledger, openLedger } from '../src/ledger/open.ts';
import { storeReads } from '../src/ledger/reading/last-read.ts';
import { parseKeys } from '../src/ledger/sealing/keys.ts';
import { seal } from '../src/ledger/sealing/sealed.ts';
import { config } from '../src/server/documents.ts';
import { sourceDefinitions } from '../src/sources/index.ts';
import { targetDefinitions } from '../src/targets/index.ts';
import { atMost, type Findings, rounded } from './findings.ts';
import { livingBytes, numberOption } from './measure.ts';

/** How much more may be alive at the highest point than for a tenth of the people: memory does not grow with them. */
const mostMiB = 16;

/** Nobody listens at these addresses: a request to provider or product would end it. */
const document = (company: string): string => `
targets:
  jira:
    kind: jira
    url: http://127.0.0.1:9
    auth: { username: svc, password: { env: ATTUNE_SECRET_NONE } }
connectors:
  - id: acme
    source:
      kind: entra
      endpoints: { login: "http://127.0.0.1:9", graph: "http://127.0.0.1:9" }
      tenant: 8a1c0000-0000-0000-0000-000000000000
      auth: { clientId: 51f00000-0000-0000-0000-000000000000, clientSecret: { env: ATTUNE_SECRET_NONE } }
    to:
      - target: jira
        match: [{ username: userPrincipalName }]
        attributes:
          - { userProperty: Company, from: ${company} }
          - { userProperty: Title, from: jobTitle }
`;

const definition = async (company: string): Promise<JsonObject> => {
  const { document: read, problems } = await config.readDocument(document(company));
  const found = read === null ? null : definitionOf(read, 'acme');
  if (found === null) throw new Error(JSON.stringify(problems));
  return plainJson(found);
};

/** What another mapping would make of everybody: over very many people, and over a tenth of them. */
export const whatIfs = async (args: readonly string[]): Promise<Findings> => {
  const people = numberOption(args, 'users', 200_000);
  const tenth = await measured(Math.ceil(people / 10));
  const all = await measured(people);
  const of = `what-if over ${people} people`;
  const more = Math.max(0, all.MiB - tenth.MiB);
  return {
    bars: [
      atMost('whatIf.memory', `${of}: at most ${mostMiB} MiB more than over a tenth of them`, more, mostMiB, ' MiB'),
      {
        id: 'whatIf.everybody',
        bar: `${of}: everybody is counted, without a request`,
        measured: `${all.planned} planned`,
        holds: all.planned === people,
      },
    ],
    tables: [{ title: 'What another mapping would do', rows: [tenth, all] }],
  };
};

const measured = async (people: number) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, throwaway: true });
  try {
    const keys = parseKeys(`bench:${randomBytes(32).toString('base64')}`);
    const ledger = await openLedger({ url: postgres.url, keys });
    const given = { connector: 'acme', managedBy: 'file', createdBy: 'bench', comment: null } as const;
    await storeConnector(ledger, { ...given, definition: await definition('companyName') });
    await storePeople(ledger, people);
    const connectors = openConnectors({
      ledger,
      sources: sourceDefinitions,
      targets: targetDefinitions,
      readDefinition: config.readDefinition,
      inspectSecret: () => Promise.reject(new Error('nobody signs in')),
    });
    const { connector: mapping } = await definition('department');
    const draft = await connectors.open('acme', null, Mapping.parse(mapping));
    const stored = await connectors.open('acme', null);
    const before = livingBytes();
    let highest = before;
    const look = setInterval(() => {
      highest = Math.max(highest, livingBytes());
    }, 500);
    const since = performance.now();
    const call = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY, count: () => undefined };
    const told = await whatIf({ ledger, connector: draft, call }, stored);
    const seconds = (performance.now() - since) / 1_000;
    clearInterval(look);
    await connectors.close();
    await ledger.close();
    const MiB = rounded((highest - before) / 1024 / 1024);
    return { people, planned: told.targets.jira?.planned ?? 0, s: rounded(seconds), MiB };
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

const Mapping = z.record(z.string(), z.json());

const pageSize = 5_000;

/** Everybody as a run has read them last, each linked to an account that holds what the stored mapping wants. */
const storePeople = async (ledger: Ledger, people: number): Promise<void> => {
  const selection = ['userPrincipalName', 'companyName', 'department', 'jobTitle', 'displayName', 'mail'];
  for (let from = 0; from < people; from += pageSize) {
    const part = Array.from({ length: Math.min(pageSize, people - from) }, (_, n) => from + n);
    const one = (n: number) => ({
      person: `id-${n}`,
      key: `key-${n}`,
      attributes: {
        ...{ userPrincipalName: `u${n}`, companyName: `Company ${n % 40}`, department: `Department ${n % 90}` },
        jobTitle: `Title ${n % 500}`,
      },
    });
    const all = part.map(one);
    const read = { number: 1, at: new Date() };
    await storeReads(
      ledger,
      all.map(({ person, attributes }) => {
        const text = JSON.stringify(attributes);
        return { connector: 'acme', person, text, digest: ledger.keyring.digest(`last read:${text}`), read };
      }),
    );
    const sealed = all.map(({ person, key, attributes: { companyName, jobTitle } }) => {
      const account = accountDigest(ledger, key);
      const text = accountText({ key, username: key, email: null, active: true });
      const values = [
        ['userProperty:Company', { value: companyName, ours: true }],
        ['userProperty:Title', { value: jobTitle, ours: true }],
      ];
      return {
        person,
        account,
        text: sealAccount(ledger, 'jira', { digest: account, text }),
        values: seal(ledger, 'values', { target: 'jira', person }, JSON.stringify(values)),
      };
    });
    await sql`insert into profile (connector, target, person, account_digest, account_sealed, values_sealed,
        source_read_at, last_run)
      select 'acme', 'jira', t.person, t.account, t.text, t.held, now(), 'run'
      from unnest(${sealed.map(({ person }) => person)}::text[], ${sealed.map(({ account }) => account)}::bytea[],
        ${sealed.map(({ text }) => text)}::bytea[], ${sealed.map(({ values }) => values)}::bytea[])
        t(person, account, text, held)`.execute(ledger.db);
  }
  await sql`insert into last_read_of (connector, run, version, selection)
    values ('acme', 'run', 1, ${selection}::text[])`.execute(ledger.db);
  await sql`analyze`.execute(ledger.db);
};
