import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { isFailure } from '../../../src/core/failure.ts';
import { accountDigest } from '../../../src/ledger/links/accounts.ts';
import { labelsOf, storeLabels } from '../../../src/ledger/links/labels.ts';
import { linkOf } from '../../../src/ledger/links/links.ts';
import { profilesOfAccount } from '../../../src/ledger/links/profiles.ts';
import { recordSeen } from '../../../src/ledger/links/record-seen.ts';
import type { Ledger } from '../../../src/ledger/open.ts';
import { listChanges } from '../../../src/ledger/plan/change-list.ts';
import { currentWatermark } from '../../../src/ledger/reading/watermarks.ts';
import { createRun } from '../../../src/ledger/runs/runs.ts';
import { createKeyring } from '../../../src/ledger/sealing/keyring.ts';
import { bindings, type Sealed, seal, unseal } from '../../../src/ledger/sealing/sealed.ts';
import { newRun } from '../../fixtures/api.ts';
import { freshDatabase } from '../../fixtures/database.ts';

const keys = [{ id: 'k1', bytes: Buffer.alloc(32, 1) }] as const;
const keyring = createKeyring(keys, Buffer.alloc(32, 7));

/** Sealed under the key above by a release from before values were bound. */
const ofEarlierRelease = {
  label: 'AQJrMaVz/Msaeg6dDSKtfFPW/VPpyIq2u4DfxxrIMKsdBbHtgexEeA0VgJLW/G/x4g6dCJmlqdIPiEv9KkZQ2LS2/JE0PJ7QvQaIPuJIdMUu',
  values:
    'AQJrMaDZIORmUr47XyNJaKQdUEnrRJ5uNKauGiqcKxcxcjitQDgIS02mO6dMA73jTVwktMB5Ib3PfUouX+3JrPLxHwoUyhEp3e52YocUMTtOYg==',
  watermark: 'AQJrMdQMzLYobMk+PqJGF8BjXp4Qpv3FEBtpfy7T3L8ULfIw4JO1rvMQAjaK5frb/8oBV6XGVfuj',
  lookup: 'AQJrMZXk3B0en6eh1qCPhfaJsKeFfXX21bEnzjlylk7n3lqplOhiL4ajLSWxYS6E',
};

const old = (what: keyof typeof ofEarlierRelease): Buffer => Buffer.from(ofEarlierRelease[what], 'base64');

const moved = (error: unknown): boolean =>
  isFailure(error) && error.kind === 'config' && /was changed or moved/.test(error.sentence);

/** The row of the kind whose fields all say the same, but for one. */
const rowOf = (kind: Sealed, but: string | null = null) => {
  const row: Record<string, string> = {};
  for (const field of bindings[kind].by) row[field] = field === but ? 'another' : 'one';
  return row;
};

const every = Object.keys(bindings).filter((kind): kind is Sealed => kind in bindings);

describe('a sealed value', () => {
  // The fields of a kind are in the table that is under test, so the rows are made from it.
  const sealed = (kind: Sealed) => seal({ keyring }, kind, rowOf(kind) as never, 'Ada');
  const opened = (kind: Sealed, row: object, value: Buffer) => unseal({ keyring }, kind, row as never, value);

  it('opens for its own column and row alone, whatever it is', () => {
    for (const kind of every) {
      assert.equal(opened(kind, rowOf(kind), sealed(kind)), 'Ada');
      for (const field of bindings[kind].by) {
        assert.throws(() => opened(kind, rowOf(kind, field), sealed(kind)), moved, `${kind} of another ${field}`);
      }
      for (const other of every.filter((one) => one !== kind)) {
        assert.throws(() => opened(other, rowOf(other), sealed(kind)), moved, `${kind} read as ${other}`);
      }
    }
  });

  it('is not taken for one of two rows whose fields come to the same text', () => {
    const value = seal({ keyring }, 'values', { target: 'a","b', person: 'c' }, 'Ada');
    assert.throws(() => unseal({ keyring }, 'values', { target: 'a', person: 'b","c' }, value), moved);
  });

  it('of an earlier release opens where that release put it', () => {
    assert.match(unseal({ keyring }, 'label', { person: 'ada' }, old('label')), /Ada Lovelace/);
    assert.match(unseal({ keyring }, 'watermark', { connector: 'acme' }, old('watermark')), /^https:/);
    assert.equal(unseal({ keyring }, 'lookup', { key: 'the key' }, old('lookup')), 'ada@acme.example');
    assert.throws(() => unseal({ keyring }, 'watermark', { connector: 'other' }, old('watermark')), moved);
  });

  it('is none where there is none', () => {
    assert.equal(seal({ keyring }, 'label', { person: 'ada' }, null), null);
    assert.equal(unseal({ keyring }, 'label', { person: 'ada' }, null), null);
  });
});

describe('sealed values in the ledger', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  const target = { id: 'jira', basis: Buffer.from('basis') };
  const values = new Map([['field:phone', { value: '+49 30 1', ours: true }]] as const);
  const seen = (person: string) => ({
    person,
    account: { key: `key of ${person}`, text: `account of ${person}` },
    basis: target.basis,
    values,
    digest: Buffer.from('digest'),
    read: { number: 2, at: new Date() },
    turn: null,
    replaces: false,
  });
  const known = async (person: string) => (await profilesOfAccount(ledger, 'jira', `key of ${person}`))[0]?.values;
  const formOf = async (column: string, table: string) => {
    const { rows } = await sql<{ form: number }>`select get_byte(${sql.ref(column)}, 0) as form
      from ${sql.table(table)}`.execute(ledger.db);
    return rows.map(({ form }) => form);
  };

  before(async () => {
    const fresh = await freshDatabase(keys);
    ({ close } = fresh);
    ledger = { ...fresh.ledger, keyring };
    await createRun(ledger, newRun('first'));
  });
  after(() => close());

  it('stand in columns that all have their binding', async () => {
    const { rows } = await sql<{ column: string }>`select table_name || '.' || column_name as column
      from information_schema.columns where table_schema = current_schema() and column_name like '%sealed'
      order by 1`.execute(ledger.db);
    const bound = every.flatMap((kind): readonly string[] => bindings[kind].columns);
    // The digest key is sealed under each key of the ring in turn, to prove the ring before there is a working one.
    assert.deepEqual(
      rows.map(({ column }) => column),
      [...bound, 'ledger_key.digest_key_sealed'].sort(),
    );
  });

  it('are refused in the row of another person', async () => {
    await recordSeen(ledger, { connector: 'acme', target, run: 'first' }, [seen('ada'), seen('bob')]);
    assert.deepEqual(await known('ada'), values);
    await sql`update profile p set values_sealed = o.values_sealed from profile o
      where p.person = 'ada' and o.person = 'bob'`.execute(ledger.db);
    await assert.rejects(known('ada'), moved);
    await sql`update profile p set account_sealed = o.account_sealed from profile o
      where p.person = 'ada' and o.person = 'bob'`.execute(ledger.db);
    await assert.rejects(linkOf(ledger, { connector: 'acme', target, person: 'ada' }), moved);
  });

  it('are refused in another column', async () => {
    const at = { run: 'first', target: 'jira', person: 'ada', attribute: 'field:phone' };
    await sql`insert into change (run, target, person, attribute, pos, before_sealed, after_sealed, "foreign")
      values ('first', 'jira', 'ada', 'field:phone', 0, ${seal(ledger, 'before', at, 'old')},
        ${seal(ledger, 'after', at, 'new')}, false)`.execute(ledger.db);
    const list = () => listChanges(ledger, 'first', { after: null, limit: 10, target: null, status: null });
    assert.deepEqual(
      (await list()).map((change) => [change.before, change.after]),
      [['old', 'new']],
    );
    await sql`update change set after_sealed = before_sealed`.execute(ledger.db);
    await assert.rejects(list(), moved);
  });

  it('of an earlier release open, and are bound when they are next written', async () => {
    await sql`delete from profile`.execute(ledger.db);
    await sql`delete from account_claim`.execute(ledger.db);
    await sql`insert into profile (connector, target, person, account_digest, account_sealed, values_sealed, link_basis,
        source_read_at, last_run)
      values ('acme', 'jira', 'ada', ${accountDigest(ledger, 'key of ada')}, ${old('label')}, ${old('values')},
        ${target.basis}, now(), 'first')`.execute(ledger.db);
    await sql`insert into label values ('acme', 'ada', ${old('label')}, 'earlier')`.execute(ledger.db);
    await sql`insert into watermark (connector, basis, value_sealed, run)
      values ('acme', 'version 1', ${old('watermark')}, 'first')`.execute(ledger.db);
    assert.deepEqual(await known('ada'), values);
    assert.match((await linkOf(ledger, { connector: 'acme', target, person: 'ada' }))?.account ?? '', /Ada Lovelace/);
    assert.equal((await labelsOf(ledger, 'acme', ['ada'])).get('ada')?.name, 'Ada Lovelace');
    assert.match((await currentWatermark(ledger, 'acme', 'version 1')) ?? '', /^https:/);
    assert.deepEqual(await formOf('values_sealed', 'profile'), [1]);
    await recordSeen(ledger, { connector: 'acme', target, run: 'first' }, [seen('ada')]);
    const label = { name: 'Ada King', login: 'ada', mail: null };
    await storeLabels(ledger, 'first', [{ person: 'ada', label }]);
    assert.deepEqual(await formOf('values_sealed', 'profile'), [2]);
    assert.deepEqual(await formOf('account_sealed', 'profile'), [2]);
    assert.deepEqual(await formOf('label_sealed', 'label'), [2]);
    assert.deepEqual(await known('ada'), values);
    assert.deepEqual((await labelsOf(ledger, 'acme', ['ada'])).get('ada'), label);
  });
});
