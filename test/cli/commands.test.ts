import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import type { ApiParts } from '../../src/api/parts.ts';
import { AuditPageWire } from '../../src/api/schemas/audit.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { RunProgress } from '../../src/core/report/progress.ts';
import { noCalls, type Report, type RunStatus } from '../../src/core/report/report.ts';
import { audit, listAudit } from '../../src/ledger/access/audit.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { storeLabels } from '../../src/ledger/links/labels.ts';
import { linkByHand } from '../../src/ledger/links/manual-links.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { insertKept } from '../../src/ledger/reading/kept.ts';
import { endRun } from '../../src/ledger/runs/ending.ts';
import { insertOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { seal } from '../../src/ledger/sealing/sealed.ts';
import { apiParts, emptyReport, finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('commands', () => {
  let ledger: Ledger;
  let parts: ApiParts;
  let asked: unknown[] = [];
  let served: { url: string; close: () => Promise<void> };
  let dataDir = '';
  let closeDatabase = async (): Promise<void> => undefined;
  let end: { status: RunStatus; over: Partial<Report> } = { status: 'done', over: {} };

  const progress = async (run: string): Promise<RunProgress> => {
    await finish(ledger, run, end.status, end.over);
    return {
      run,
      connector: 'acme',
      status: 'running',
      phase: 'read',
      users: { read: 3, expected: 5 },
      people: { toPlan: 0, planned: 0 },
      changes: { planned: 0, decided: 0 },
      calls: 2,
      elapsedMs: 10,
      waitedMs: 0,
      waitingFor: [],
    };
  };

  before(async () => {
    const fresh = await freshDatabase();
    ({ ledger } = fresh);
    closeDatabase = fresh.close;
    ({ parts, asked } = await apiParts(ledger, progress));
    dataDir = await mkdtemp(join(tmpdir(), 'attune-cli-'));
    served = await serveApi(parts, { host: '127.0.0.1', port: 0, dataDir, token: undefined });
  });
  beforeEach(() => {
    asked.length = 0;
    end = { status: 'done', over: {} };
  });
  after(async () => {
    await served.close();
    await rm(dataDir, { recursive: true });
    await closeDatabase();
  });

  const attune = async (line: string, env: Record<string, string> = { ATTUNE_DATA_DIR: dataDir }) => {
    const out: string[] = [];
    const err: string[] = [];
    const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), env, live: false };
    const code = await runProgram(line.split(' '), io, '1.2.3');
    return { code, out: out.join('\n'), err: err.join('\n') };
  };

  describe('sync', () => {
    it('opens the console by a link that works once, and prints it where there is no browser', async () => {
      const printed: string[] = [];
      const env = { ATTUNE_DATA_DIR: dataDir, PATH: '' };
      for (const args of [['console', '--print'], ['console']]) {
        assert.equal(
          await runProgram(
            args,
            { err: () => undefined, live: false, env, out: (text) => void printed.push(text) },
            '0',
          ),
          0,
        );
      }
      for (const link of printed) {
        const { origin, pathname, hash } = new URL(link);
        assert.deepEqual([origin, pathname], [served.url, '/login']);
        const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
        const signIn = () =>
          fetch(new URL('/api/session', served.url), {
            method: 'POST',
            headers,
            body: JSON.stringify({ code: hash.slice(1) }),
          });
        assert.equal((await signIn()).status, 201);
        assert.equal((await signIn()).status, 401);
      }
    });

    it('starts a full run, shows its steps and ends with its report', async () => {
      const { code, out, err } = await attune('sync acme');
      assert.equal(code, 0);
      assert.match(out, /^acme, full run run-\d+: done after 1\.2 s\nRead 3 people in 1 page;/);
      assert.match(out, /target +unchanged.*\njira +3 /);
      assert.match(err, /read: 3 of 5 people, 2 requests so far/);
      assert.deepEqual(asked, [{ connector: 'acme', mode: 'full', intent: 'apply', who: 'local' }]);
    });

    it('asks for what its options say', async () => {
      const asks: [string, object][] = [
        ['sync acme --plan', { connector: 'acme', mode: 'full', intent: 'plan', who: 'local' }],
        ['sync acme --delta', { connector: 'acme', mode: 'delta', intent: 'apply', who: 'local' }],
        ['sync acme --verify --plan', { connector: 'acme', mode: 'verify', intent: 'plan', who: 'local' }],
        [
          'sync acme --user ada@acme.example',
          { connector: 'acme', key: 'ada@acme.example', intent: 'apply', who: 'local' },
        ],
        [
          'sync acme --user ada@acme.example --plan',
          { connector: 'acme', key: 'ada@acme.example', intent: 'plan', who: 'local' },
        ],
      ];
      for (const [line, request] of asks) {
        assert.equal((await attune(line)).code, 0, line);
        assert.deepEqual(asked.splice(0), [request], line);
      }
    });

    it('prints the report as the only thing on standard output with --json', async () => {
      const { code, out, err } = await attune('sync acme --json');
      assert.equal(code, 0);
      assert.equal(JSON.parse(out).targets.jira.unchanged, 3);
      assert.equal(err, '');
    });

    it('tells by its exit code how the run ended', async () => {
      const failure = { kind: 'auth' as const, message: 'Jira refused the password.' };
      const ends: [RunStatus, Partial<Report>, number][] = [
        ['done', {}, 0],
        ['planned', { forecast: { people: 2, set: 3, cleared: 1 } }, 0],
        ['skipped', {}, 0],
        ['failed', { failure }, 1],
        ['cancelled', {}, 1],
        ['doneWithFailures', { failures: { new: 1, known: 0 } }, 3],
        ['doneWithFailures', { failures: { new: 0, known: 4 } }, 0],
        ['awaitingApproval', {}, 4],
        ['done', { holds: 'run-held' }, 4],
        ['doneWithFailures', { failures: { new: 0, known: 4 }, holds: 'run-held' }, 4],
        ['doneWithFailures', { failures: { new: 1, known: 4 }, holds: 'run-held' }, 3],
      ];
      for (const [status, over, expected] of ends) {
        end = { status, over };
        const { code, out } = await attune('sync acme');
        assert.equal(code, expected, `${status} ${JSON.stringify(over)}`);
        if (over.failure !== undefined) assert.match(out, /Failed \(auth\): Jira refused the password\./);
        if (status === 'awaitingApproval') assert.match(out, /attune approve run-\d+/);
        if (over.forecast !== undefined) assert.match(out, /3 values set and 1 cleared, for 2 people/);
      }
    });

    it('follows a run whose row appears only after its start', async () => {
      const starter = { ...parts.starter, startFullSync: async () => ({ run: 'late', workflowId: 'w' }) };
      const api = await serveApi(
        { ...parts, starter },
        { host: '127.0.0.1', port: 0, dataDir: null, token: 'late-token'.repeat(4) },
      );
      const ended = attune('sync acme', { ATTUNE_URL: api.url, ATTUNE_TOKEN: 'late-token'.repeat(4) });
      await sleep(300);
      await createRun(ledger, newRun('late'));
      assert.equal((await ended).code, 0);
      await api.close();
    });

    it('says which sums do not match', async () => {
      end = {
        status: 'done',
        over: { read: { users: 9, pages: 1, complete: true, proof: 'everybody', calls: noCalls } },
      };
      assert.match((await attune('sync acme')).out, /sums do not match\. jira: 9 users read, 3 accounted for/);
    });

    it('with --no-wait prints the run alone', async () => {
      const { code, out } = await attune('sync acme --no-wait');
      assert.equal(code, 0);
      assert.match(out, /^run-\d+$/);
    });

    it('fails on an unknown connector, in words or in JSON', async () => {
      const words = await attune('sync nobody');
      assert.equal(words.code, 1);
      assert.match(words.err, /^attune: There is no connector "/);
      assert.equal(words.out, '');
      const json = await attune('sync nobody --json');
      assert.equal(json.code, 1);
      assert.equal(JSON.parse(json.out).error.kind, 'notFound');
    });

    it('refuses options that contradict each other, as wrong usage', async () => {
      for (const line of [
        'sync',
        'sync acme --delta --verify',
        'sync acme --user x --delta',
        'sync acme --nonsense',
        'sync ',
        'report ',
        'why jira ada field:',
        'nonsense',
      ]) {
        const { code, out, err } = await attune(line);
        assert.equal(code, 2, line);
        assert.match(err, /error: /, line);
        assert.equal(out, '');
      }
      assert.deepEqual(asked, []);
    });
  });

  describe('decisions', () => {
    it('approve a held plan and follow it', async () => {
      await createRun(ledger, newRun('held'));
      await finish(ledger, 'held', 'awaitingApproval');
      const { code, out } = await attune('approve held --json');
      assert.equal(code, 0, 'the recording starter ends it at once');
      assert.equal(JSON.parse(out).run, 'held');
      assert.deepEqual(asked, [{ run: 'held' }]);
    });

    it('approve one that an older version of the document made, and say so', async () => {
      await createRun(ledger, { ...newRun('older-plan'), version: 7 });
      await finish(ledger, 'older-plan', 'awaitingApproval');
      const { code, out, err } = await attune('approve older-plan --no-wait');
      assert.deepEqual([code, out], [0, 'older-plan']);
      assert.match(err, /made with version 7 of acme, and the current version is 1/);
      assert.deepEqual(asked, [{ run: 'older-plan' }]);
    });

    it('reject one, once', async () => {
      await createRun(ledger, newRun('unwanted'));
      await finish(ledger, 'unwanted', 'planned');
      assert.deepEqual(await attune('reject unwanted'), { code: 0, out: 'unwanted: rejected', err: '' });
      const again = await attune('reject unwanted');
      assert.equal(again.code, 1);
      assert.match(again.err, /was rejected by local/);
    });

    it('try the failed people of one again and follow that', async () => {
      await createRun(ledger, newRun('half'));
      await finish(ledger, 'half', 'doneWithFailures');
      await insertOutcomes(ledger, 'half', [{ target: 'jira', person: 'id-1', outcome: 'failed', reason: 'refused' }]);
      end = { status: 'doneWithFailures', over: { failures: { new: 0, known: 1 } } };
      const { code, out } = await attune('retry half');
      assert.deepEqual(asked, [{ connector: 'acme', mode: 'delta', intent: 'apply', retryOf: 'half', who: 'local' }]);
      assert.deepEqual([code, /0 new, 1 known/.test(out)], [0, true], out);
      const gone = await attune('retry nobody');
      assert.deepEqual([gone.code, /There is no run/.test(gone.err)], [1, true]);
    });

    it('compare what the targets hold with the directory, read now or as a run found it', async () => {
      end = { status: 'planned', over: { forecast: { people: 0, set: 0, cleared: 0 } } };
      assert.equal((await attune('parity acme')).code, 0);
      assert.deepEqual(asked.splice(0), [{ connector: 'acme', mode: 'verify', intent: 'plan', who: 'local' }]);
      await createRun(ledger, newRun('looked'));
      for (const [standing, people, some] of [
        ['equal', 70, ['id-1']],
        ['alike', 2, ['id-3', 'id-4']],
        ['different', 9, ['id-5', 'id-6']],
      ] as const) {
        await sql`insert into parity (run, target, attribute, standing, people, examples)
          values ('looked', 'jira', 'userProperty:Company', ${standing}, ${people}, ${some}::text[])`.execute(
          ledger.db,
        );
      }
      const { code, out } = await attune('parity --run looked');
      assert.equal(code, 0);
      assert.match(out, /userProperty:Company +70 +2 +9 +0 +0/);
      assert.match(out, /Company at jira, same except case or spaces: id-3, id-4$/m);
      assert.match(out, /Company at jira, different: id-5, id-6 and 7 more$/m);
      const json = JSON.parse((await attune('parity --run looked --json')).out);
      assert.deepEqual(json.attributes[0].alike, { people: 2, examples: ['id-3', 'id-4'] });
      assert.equal((await attune('parity')).code, 2, 'it names neither');
      assert.deepEqual(asked, []);
    });

    it('cancel one that goes on', async () => {
      await createRun(ledger, newRun('going'));
      assert.equal((await attune('cancel going')).code, 0);
      assert.deepEqual(asked, [{ cancel: 'going' }]);
    });
  });

  describe('check', () => {
    const line = (id: string, state: string) => ({ id, what: `what ${id} is for`, state, found: 'as it was found' });
    const assumed = (kind: string, ...lines: object[]) => ({ lines, evidence: { kind, account: 'x', exchanges: [] } });
    const checked = {
      source: [{ what: 'sign-in', ok: true, found: 'well' }],
      targets: { jira: [{ what: 'rights', ok: false, found: 'one is missing', remedy: 'Give it.' }] },
    };
    const tried = {
      source: assumed('entra', line('entra.list', 'holds')),
      targets: { jira: assumed('jira', line('jira.user-list', 'notSeen'), line('jira.form-token', 'doesNot')) },
    };
    let api: { url: string; close: () => Promise<void> };
    const env = () => ({ ATTUNE_URL: api.url, ATTUNE_TOKEN: 'check-token'.repeat(4) });
    before(async () => {
      const ask: ApiParts['starter']['ask'] = async (question) => {
        asked.push(question);
        return 'assumptions' in question.about && question.about.assumptions === true ? tried : checked;
      };
      const starter = { ...parts.starter, ask };
      const listen = { host: '127.0.0.1', port: 0, dataDir: null, token: 'check-token'.repeat(4) };
      api = await serveApi({ ...parts, starter }, listen);
    });
    after(() => api.close());
    const question = (trial: object | null, assumptions: boolean) => [
      { question: 'checkConnector', connector: 'acme', about: { trial, assumptions } },
    ];

    it('looks at what a run needs, and fails where something is not as it should be', async () => {
      const { code, out } = await attune('check acme', env());
      assert.equal(code, 1);
      assert.equal(out, 'source\n  ok    sign-in: well\njira\n  FAIL  rights: one is missing\n        Give it.');
      assert.deepEqual(asked, question(null, false));
    });

    it('with --write-test names the account, and the target if it is told one', async () => {
      for (const [args, target] of [
        ['--write-test ada', null],
        ['--write-test ada --target jira', 'jira'],
      ] as const) {
        await attune(`check acme ${args}`, env());
        assert.deepEqual(asked.splice(0), question({ account: 'ada', target }, false), args);
      }
      const alone = await attune('check acme --target jira', env());
      assert.deepEqual([alone.code, asked], [2, []]);
      assert.match(alone.err, /--write-test/);
    });

    it('with --assumptions prints a line for each, and fails where one does not hold', async () => {
      const { code, out } = await attune('check acme --assumptions --write-test ada', env());
      assert.equal(code, 1);
      assert.match(out, /^source\n {2}holds {5}entra\.list: what entra\.list is for \(as it was found\)\njira\n/);
      assert.match(out, /\n {2}not seen {2}jira\.user-list: .*\n {2}DOES NOT {2}jira\.form-token: /);
      assert.deepEqual(asked, question({ account: 'ada', target: null }, true));
      const json = await attune('check acme --assumptions --json', env());
      assert.deepEqual(Object.keys(JSON.parse(json.out)), ['source', 'jira']);
    });

    it('with --evidence saves what was seen for the eyes of its owner alone', async () => {
      const file = join(dataDir, 'evidence.json');
      await attune(`check acme --evidence ${file}`, env());
      assert.deepEqual(asked, question(null, true), 'evidence is of the assumptions');
      const kinds = JSON.parse(await readFile(file, 'utf8')).map(({ kind }: { kind: string }) => kind);
      assert.deepEqual(kinds, ['entra', 'jira']);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      const nowhere = await attune(`check acme --evidence ${join(dataDir, 'no-folder', 'e.json')}`, env());
      assert.equal(nowhere.code, 1);
      assert.match(
        nowhere.err,
        /^attune: The evidence cannot be written to .*no-folder.*Name a file in an existing directory/,
      );
    });
  });

  describe('lists', () => {
    it('show runs and connectors', async () => {
      assert.match((await attune('runs --connector acme --limit 2')).out, /^run +connector +kind +status/);
      assert.equal(JSON.parse((await attune('runs --limit 2 --json')).out).length, 2);
      assert.equal((await attune('runs --limit 0')).code, 2);
      await createRun(ledger, { ...newRun('again'), mode: 'delta', retryOf: 'half' });
      assert.match((await attune('runs --limit 20')).out, /^again +acme +retry of half +running/m);
      assert.match(
        (await attune('connectors')).out,
        /^connector +version +managed by +health +last done +next run +schedules\nacme +1 +file +\w+ +(never|[\d-]+ [\d:]+ UTC) +none +none$/,
      );
      assert.match((await attune('connectors acme')).out, /"env": "ATTUNE_SECRET_ENTRA"/);
    });

    it('show every change as CSV that no spreadsheet takes for a formula', async () => {
      await createRun(ledger, newRun('changing'));
      const rows: [string, string | null][] = [
        ['field:phone', '+49 30 1'],
        ['field:location', 'Köln, "Dom"\nsouth'],
        ['field:website', null],
      ];
      for (const [pos, [attribute, after]] of rows.entries()) {
        const at = { run: 'changing', target: 'wiki', person: 'p1', attribute };
        await sql`insert into change (run, target, person, attribute, pos, before_sealed, after_sealed, "foreign", status)
          values ('changing', 'wiki', 'p1', ${attribute}, ${pos}, ${seal(ledger, 'before', at, '=1+1')},
            ${seal(ledger, 'after', at, after)}, false, 'applied')`.execute(ledger.db);
      }
      const { code, out } = await attune('report changing --csv');
      assert.equal(code, 0);
      assert.equal(
        out,
        [
          'target,person,attribute,before,after,foreign,status,reason,name,login,mail,account',
          `wiki,p1,field:location,'=1+1,"Köln, ""Dom""\nsouth",false,applied,,,,,`,
          `wiki,p1,field:phone,'=1+1,'+49 30 1,false,applied,,,,,`,
          `wiki,p1,field:website,'=1+1,,false,applied,,,,,`,
        ].join('\n'),
      );
    });

    it('print how each person ended and why, page after page', async () => {
      await createRun(ledger, newRun('ended'));
      const people = Array.from({ length: 1_001 }, (_, n) => `p${String(n).padStart(4, '0')}`);
      await insertOutcomes(
        ledger,
        'ended',
        people.map((person) => ({ target: 'wiki', person, outcome: 'unmatched', reason: 'noAccount' })),
      );
      const lines = (await attune('report ended --people --csv')).out.split('\n');
      assert.equal(lines[0], 'target,person,outcome,reason,sentence,remedy,name,login,mail,account');
      assert.equal(lines.length, 1_002);
      assert.match(lines.at(-1) ?? '', /^wiki,p1000,unmatched,noAccount,The match rules find no account .*attune link/);
      const page = `/api/runs/ended/outcomes?outcome=failed`;
      const headers = {
        authorization: `Bearer ${await addToken(ledger, { name: 'r', can: ['read'], createdBy: 't' })}`,
      };
      assert.deepEqual(await (await fetch(new URL(page, served.url), { headers })).json(), {
        outcomes: [],
        names: {},
        next: null,
      });
    });

    it('name people beside their ids, those who need somebody first, as a table, CSV for Excel, or JSON', async () => {
      await createRun(ledger, newRun('named'));
      await insertOutcomes(ledger, 'named', [
        { target: 'jira', person: 'p1', outcome: 'outOfScope', reason: 'outOfScope' },
        { target: 'jira', person: 'p2', outcome: 'unmatched', reason: 'noAccount' },
        { target: 'wiki', person: 'p3', outcome: 'failed', reason: 'refused' },
        {
          target: 'wiki',
          person: 'p4',
          outcome: 'ambiguous',
          reason: 'accountClaimedTwice',
          facts: { people: ['p2', 'p9'] },
        },
      ]);
      const text = JSON.stringify({ key: 'KEY-7', username: '=alovelace', email: null, active: true });
      const account = { key: 'KEY-7', text };
      await linkByHand(ledger, { connector: 'acme', target: 'jira', person: 'p2', account, by: 'test' });
      const ada = { name: '=Ada Lovelace', login: 'ada@acme.example', mail: null };
      await storeLabels(ledger, 'named', [{ person: 'p2', label: ada }]);
      const { out } = await attune('report named --people');
      assert.match(
        out,
        /^target +person +account +outcome +why\nwiki +p3 +failed .*\n.*\njira +ada@acme\.example +=alovelace +unmatched .*\njira +p1 /,
      );
      assert.match(out, /\nwiki +p4 +ambiguous .* somebody else: p2, p9\. p2 is =Ada Lovelace, ada@acme\.example\.\n/);
      const csv = (await attune('report named --people --csv --bom')).out.split('\n');
      assert.equal(csv[0]?.codePointAt(0), 0xfeff);
      assert.match(csv[3] ?? '', /^jira,p2,unmatched,.*,'=Ada Lovelace,ada@acme\.example,,'=alovelace$/);
      const json = JSON.parse((await attune('report named --people --json')).out);
      assert.deepEqual([json[2].label, json[2].username], [ada, '=alovelace']);
      const { rows } = await sql<{ row: string }>`select label::text as row from label`.execute(ledger.db);
      assert.ok(rows.length === 1 && !rows[0]?.row.includes(Buffer.from('Ada').toString('hex')));
      const viewer = await addToken(ledger, { name: 'viewer', can: ['read'], createdBy: 'test' });
      const seen = (await attune('report named --people --json', { ATTUNE_URL: served.url, ATTUNE_TOKEN: viewer })).out;
      assert.doesNotMatch(seen, /Ada|acme\.example|alovelace/);
      assert.equal(JSON.parse(seen)[2].label, null);
    });

    it('print the values that rows kept back, as a table, CSV or JSON, and say when they are forgotten', async () => {
      await createRun(ledger, newRun('kept'));
      const kept = { target: 'wiki', attribute: 'field:phone', reason: 'tooLong' } as const;
      await insertKept(
        ledger,
        'kept',
        ['p1', 'p2'].map((person) => ({ ...kept, person, value: `=+49 ${person}` })),
      );
      await storeLabels(ledger, 'kept', [{ person: 'p2', label: { name: null, login: 'bob', mail: null } }]);
      assert.match(
        (await attune('report kept --kept')).out,
        /wiki +p1 +field:phone +"=\+49 p1" +the value is too long for the target .*\nwiki +bob /,
      );
      assert.equal(
        (await attune('report kept --kept --csv')).out,
        [
          'target,person,attribute,reason,value,name,login,mail,account',
          "wiki,p1,field:phone,tooLong,'=+49 p1,,,,",
          "wiki,p2,field:phone,tooLong,'=+49 p2,,bob,,",
        ].join('\n'),
      );
      assert.equal(JSON.parse((await attune('report kept --kept --json')).out)[1].label.login, 'bob');
      assert.match((await attune('report ended --kept')).out, /Every value is written as it is in the directory/);
      await createRun(ledger, newRun('older'));
      const target = emptyReport('older', 'done').targets.jira;
      assert.ok(target);
      const counted = { ...target, kept: [{ ...kept, people: 1, values: 1 }] };
      await endRun(ledger, 'older', {
        status: 'done',
        failure: null,
        report: emptyReport('older', 'done', { targets: { wiki: counted } }),
        planDays: 7,
        note: null,
      });
      const { code, out, err } = await attune('report older --kept --csv');
      assert.deepEqual([code, out.split('\n').length], [0, 1]);
      assert.match(err, /no longer stored: a later run of everybody/);
    });

    it('end quietly when whoever reads has had enough', async () => {
      const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, [main, 'report', 'ended', '--people', '--csv'], {
        env: { ...process.env, ATTUNE_DATA_DIR: dataDir },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let said = '';
      child.stderr.on('data', (chunk) => {
        said += String(chunk);
      });
      const [code] = await once(child, 'close');
      assert.deepEqual([code, said.replaceAll(/.*ExperimentalWarning.*\n.*\n?/g, '')], [0, '']);
    });

    it('show a report again', async () => {
      await createRun(ledger, newRun('reported'));
      assert.match((await attune('report reported')).out, /reported: running \(open\), started by test/);
      await finish(ledger, 'reported', 'failed', { failure: { kind: 'config', message: 'No such tenant.' } });
      assert.match((await attune('report reported')).out, /Failed \(config\): No such tenant\./);
      assert.equal((await attune('report unknown')).code, 1);
    });
  });

  it('make, list and end tokens', async () => {
    const made = await attune('token add ci --can read,run');
    assert.equal(made.code, 0);
    const ci = { ATTUNE_URL: served.url, ATTUNE_TOKEN: made.out };
    assert.equal((await attune('runs', ci)).code, 0);
    const forbidden = await attune('token list', ci);
    assert.equal(forbidden.code, 1);
    assert.match(forbidden.err, /'ci' lacks the ability 'tokens'/);
    assert.match((await attune('token list')).out, /ci +read,run .* never +2\d/);
    assert.equal((await attune('token revoke ci')).code, 0);
    const ended = await attune('runs', ci);
    assert.equal(ended.code, 1);
    assert.match(ended.err, /does not accept the token.*attune token add/);
    assert.equal((await attune('token add ci --can fly')).code, 2);
    assert.equal((await attune('token add ci')).code, 2);
  });

  it('tell who did what, and why', async () => {
    assert.equal((await attune('token add audited --can read')).code, 0);
    await audit(ledger, { who: 'ada', action: 'run.approve', subject: 'plan-9', comment: 'new company names' });
    assert.match(
      (await attune('audit --limit 2')).out,
      /^at +who +did +what +why\n.* ada +run\.approve +plan-9 +new company names\n.* local +token\.add +audited$/,
    );
    const of = async (filter: string) =>
      JSON.parse((await attune(`audit ${filter} --json`)).out).map((one: { action: string }) => one.action);
    assert.deepEqual(await of('--subject plan-9'), ['run.approve']);
    assert.deepEqual(await of('--action token --subject audited'), ['token.add']);
    assert.ok((await of('--who ada')).includes('run.approve'));
    assert.equal((await attune('audit --limit 0')).code, 2);
    const headers = {
      authorization: `Bearer ${await addToken(ledger, { name: 'auditor', can: ['read'], createdBy: 't' })}`,
    };
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const query = new URLSearchParams({ limit: '2', ...(next === null ? {} : { cursor: next }) });
      const page = AuditPageWire.parse(
        await (await fetch(new URL(`/api/audit?${query}`, served.url), { headers })).json(),
      );
      seen.push(...page.entries.map(({ at, action, subject }) => `${at} ${action} ${subject}`));
      next = page.next;
    } while (next !== null);
    assert.equal(seen.length, (await listAudit(ledger, 1000)).length);
  });

  describe('reaching the API', () => {
    it('say what is missing', async () => {
      const cases: [Record<string, string>, RegExp][] = [
        [{ ATTUNE_DATA_DIR: join(dataDir, 'nowhere') }, /Attune has not been started from .*attune serve/],
        [{ ATTUNE_URL: served.url }, /ATTUNE_TOKEN is not/],
        [{ ATTUNE_URL: 'nonsense', ATTUNE_TOKEN: 'x' }, /ATTUNE_URL is not a valid URL/],
        [{ ATTUNE_URL: 'http://127.0.0.1:1', ATTUNE_TOKEN: 'x' }, /does not answer at http:\/\/127\.0\.0\.1:1/],
        [{ ATTUNE_URL: served.url, ATTUNE_TOKEN: 'wrong' }, /attune token add/],
      ];
      for (const [env, sentence] of cases) {
        const { code, err } = await attune('runs', env);
        assert.equal(code, 1);
        assert.match(err, sentence);
      }
    });

    it('notice that something else answers', async () => {
      const other = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
      await new Promise((resolve) => other.once('listening', resolve));
      const address = other.address();
      assert.ok(address !== null && typeof address !== 'string');
      const { code, err } = await attune('runs', {
        ATTUNE_URL: `http://127.0.0.1:${address.port}`,
        ATTUNE_TOKEN: 'x',
      });
      other.close();
      assert.equal(code, 1);
      assert.match(err, /not come from the API of this Attune/);
    });

    it('go on following a run when the API is restarted', async () => {
      const token = await addToken(ledger, { name: 'steady', can: ['read', 'run'], createdBy: 'test' });
      let cut = false;
      const failing = async (run: string): Promise<RunProgress> => {
        if (cut) return progress(run);
        cut = true;
        throw new Error('the database went away');
      };
      const api = await serveApi(
        { ...parts, progress: failing },
        { host: '127.0.0.1', port: 0, dataDir: null, token: undefined },
      );
      const { code } = await attune('sync acme', { ATTUNE_URL: api.url, ATTUNE_TOKEN: token });
      await api.close();
      assert.equal(code, 0);
      assert.equal(cut, true);
    });
  });

  it('end the process with their code', async () => {
    const run = promisify(execFile);
    const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
    const env = { ...process.env, ATTUNE_DATA_DIR: dataDir };
    assert.match((await run(process.execPath, [main, '--version'], { env })).stdout, /^\d+\.\d+\.\d+\n$/);
    await assert.rejects(
      run(process.execPath, [main, 'sync'], { env }),
      (error: { code?: unknown }) => error.code === 2,
    );
    end = { status: 'awaitingApproval', over: {} };
    await assert.rejects(
      run(process.execPath, [main, 'sync', 'acme', '--json'], { env }),
      (error: { code?: unknown; stdout?: string }) =>
        error.code === 4 && JSON.parse(error.stdout ?? '').status === 'awaitingApproval',
    );
  });
});
