import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createApi } from '../../src/api/create-api.ts';
import type { Api } from '../../src/api/parts.ts';
import {
  EndCountsWire,
  EndPageWire,
  FoundPeopleWire,
  PersonHistoryWire,
  PersonWire,
} from '../../src/api/schemas/people.ts';
import { listAudit } from '../../src/ledger/access/audit.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { storeLabels } from '../../src/ledger/links/labels.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { insertOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { seal } from '../../src/ledger/sealing/sealed.ts';
import { apiParts, finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('people over HTTP', () => {
  let ledger: Ledger;
  let api: Api;
  let tokens: { all: string; read: string };
  let close = async (): Promise<void> => undefined;

  /** A run of everybody that read these people to the end, or a run of one. */
  const ran = async (id: string, person: string | null = null, mode: 'full' | 'delta' = 'full'): Promise<void> => {
    await createRun(ledger, { ...newRun(id), person, mode });
    await sql`update run set guard = '{"breaches": []}', targets = '{jira}' where id = ${id}`.execute(ledger.db);
    await sql`insert into read_page (run, read_no, page_no, place_sealed, ended, users, seen, unchanged, read_at)
      values (${id}, 0, 0, ${mode === 'full' ? null : Buffer.from('a place')}, true, 3, '{p1,p2,p3}', '{}', now())`.execute(
      ledger.db,
    );
    await finish(ledger, id, 'done');
  };

  before(async () => {
    ({ ledger, close } = await freshDatabase());
    const { parts } = await apiParts(ledger);
    tokens = {
      all: await addToken(ledger, { name: 'ada', can: ['read', 'values'], createdBy: 'test' }),
      read: await addToken(ledger, { name: 'eve', can: ['read'], createdBy: 'test' }),
    };
    api = await createApi(parts);
    await ran('first');
    await storeLabels(ledger, 'first', [
      { person: 'p1', label: { name: "Zoë O'Neill", login: 'zoe.oneill@acme.example', mail: null } },
      { person: 'p2', label: { name: 'Zoltan Ivanov', login: 'zivanov@acme.example', mail: 'z@acme.example' } },
      { person: 'p3', label: { name: 'Ada Vance', login: 'avance@acme.example', mail: null } },
    ]);
    await insertOutcomes(ledger, 'first', [
      { target: 'jira', person: 'p1', outcome: 'unmatched', reason: 'noAccount' },
      { target: 'jira', person: 'p2', outcome: 'ambiguous', reason: 'severalAccounts' },
      { target: 'jira', person: 'p3', outcome: 'failed', reason: 'stepFailed', facts: { said: 'it broke' } },
    ]);
  });
  after(async () => {
    await api.close();
    await close();
  });

  const get = (url: string, token = tokens.all) => api.inject({ url, headers: { authorization: `Bearer ${token}` } });
  const search = async (body: object, token = tokens.all) => {
    const headers = { authorization: `Bearer ${token}` };
    return api.inject({ method: 'POST', url: '/api/connectors/acme/people/search', headers, payload: body });
  };
  const found = async (text: string, over: object = {}) =>
    FoundPeopleWire.parse((await search({ text, ...over })).json());

  it('are found by what they are called, page by page, for whoever may see names', async () => {
    assert.deepEqual(
      (await found('zo')).people.map(({ person }) => person),
      ['p1', 'p2'],
    );
    assert.deepEqual(
      (await found('oneill')).people.map(({ label }) => label?.name),
      ["Zoë O'Neill"],
    );
    assert.deepEqual(
      (await found('p3')).people.map(({ person }) => person),
      ['p3'],
      'an id finds its own',
    );
    const first = await found('zo', { limit: 1 });
    assert.deepEqual(
      first.people.map(({ person }) => person),
      ['p1'],
    );
    const second = await found('zo', { limit: 1, cursor: first.next });
    assert.deepEqual(
      second.people.map(({ person }) => person),
      ['p2'],
    );
    assert.deepEqual(await found('nobody'), { people: [], next: null });
    assert.equal((await search({ text: 'zo' }, tokens.read)).statusCode, 403);
    assert.equal((await search({ text: '' })).statusCode, 400);
    const looks = await listAudit(ledger, 10, { action: 'people.search' });
    assert.deepEqual(
      looks.map(({ who, subject }) => [who, subject]),
      [['ada', 'acme']],
      'once in ten minutes, and no name',
    );
  });

  it('are asked of the directory where no run has met them', async () => {
    assert.deepEqual((await found('somebody@acme.example', { directory: true })).people, [
      { person: 'source-id', label: null },
    ]);
  });

  it('are counted and listed by why they are not in tune; later runs replace what earlier ones said', async () => {
    const counts = async () =>
      EndCountsWire.parse((await get('/api/connectors/acme/people/reasons')).json()).reasons.map(
        ({ target, outcome, reason, people }) => [target, outcome, reason, people],
      );
    assert.deepEqual(await counts(), [
      ['jira', 'ambiguous', 'severalAccounts', 1],
      ['jira', 'failed', 'stepFailed', 1],
      ['jira', 'unmatched', 'noAccount', 1],
    ]);
    // p2 was written by a run of her own, p3 found in tune by another: neither is listed any more.
    await ran('alone-2', 'p2');
    await insertOutcomes(ledger, 'alone-2', [{ target: 'jira', person: 'p2', outcome: 'updated', reason: 'written' }]);
    await ran('alone-3', 'p3');
    assert.deepEqual(await counts(), [['jira', 'unmatched', 'noAccount', 1]]);
    const page = EndPageWire.parse((await get('/api/connectors/acme/people?outcome=unmatched')).json());
    assert.deepEqual(
      page.people.map(({ person, label, sentence }) => [person, label?.name, sentence]),
      [['p1', "Zoë O'Neill", 'The match rules find no account for this person at the target.']],
    );
    const hidden = EndPageWire.parse((await get('/api/connectors/acme/people', tokens.read)).json());
    assert.deepEqual(
      hidden.people.map(({ person, label }) => [person, label]),
      [['p1', null]],
    );
    assert.deepEqual((await get('/api/connectors/acme/people?reason=refused')).json().people, []);
    assert.equal((await get('/api/connectors/nobody/people')).statusCode, 404);
  });

  it('are paged without anybody twice or left out', async () => {
    const people = Array.from({ length: 25 }, (_, index) => `many-${String(index).padStart(2, '0')}`);
    await ran('many', null, 'delta');
    await insertOutcomes(
      ledger,
      'many',
      people.map((person) => ({ target: 'jira', person, outcome: 'skipped', reason: 'inactive' })),
    );
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page = EndPageWire.parse(
        (
          await get(`/api/connectors/acme/people?reason=inactive&limit=7${next === '' ? '' : `&cursor=${next}`}`)
        ).json(),
      );
      seen.push(...page.people.map(({ person }) => person));
      next = page.next;
    }
    assert.deepEqual(seen, people);
  });

  it('have a history over all runs, the newest first, with values for whoever may see them', async () => {
    const at = { run: 'first', target: 'jira', person: 'p1', attribute: 'userProperty:Company' };
    await sql`insert into change (run, target, person, attribute, pos, before_sealed, after_sealed, "foreign", status, decided_at)
      values ('first', 'jira', 'p1', 'userProperty:Company', 0, ${seal(ledger, 'before', at, 'Contoso')},
        ${seal(ledger, 'after', at, 'Fabrikam')}, false, 'applied', now())`.execute(ledger.db);
    const later = { ...at, run: 'alone-2' };
    await sql`insert into change (run, target, person, attribute, pos, before_sealed, after_sealed, "foreign", status)
      values ('alone-2', 'jira', 'p1', 'userProperty:Company', 0, ${seal(ledger, 'before', later, 'Fabrikam')}, null, false, 'planned')`.execute(
      ledger.db,
    );
    const history = PersonHistoryWire.parse((await get('/api/connectors/acme/people/p1/history')).json());
    assert.deepEqual(
      history.changes.map(({ run, before, after, status }) => [run, before, after, status]),
      [
        ['alone-2', 'Fabrikam', null, 'planned'],
        ['first', 'Contoso', 'Fabrikam', 'applied'],
      ],
    );
    assert.equal(history.next, null);
    const nobody = PersonHistoryWire.parse((await get('/api/connectors/acme/people/p2/history')).json());
    assert.deepEqual(nobody, { changes: [], next: null });
    assert.equal((await get('/api/connectors/acme/people/p1/history', tokens.read)).statusCode, 403);
  });

  it('are told of by what the ledger knows, without a look at the directory', async () => {
    const person = PersonWire.parse((await get('/api/connectors/acme/people/p1')).json());
    assert.deepEqual(
      [person.label?.login, person.ends.map(({ outcome }) => outcome), person.targets, Object.keys(person.names)],
      ['zoe.oneill@acme.example', ['unmatched'], {}, ['p1']],
    );
    assert.equal((await get('/api/connectors/acme/people/p1', tokens.read)).statusCode, 403);
  });
});
