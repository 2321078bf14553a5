import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { isFailure } from '../../src/core/failure.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { emptyDatabase, testKeys } from '../fixtures/database.ts';

describe('opening the ledger', () => {
  let url = '';
  let drop = async (): Promise<void> => undefined;
  before(async () => {
    ({ url, drop } = await emptyDatabase());
  });
  after(() => drop());

  const keys = testKeys('k1', 'k2');
  const [k1, k2] = keys;

  it('lets several processes start at once on an empty database', async () => {
    const ledgers = await Promise.all([1, 2, 3, 4].map(() => openLedger({ url, keys: [k1] })));
    const digests = ledgers.map((ledger) => ledger.keyring.digest('same').toString('hex'));
    assert.equal(new Set(digests).size, 1);
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  });

  it('keeps digests and old values across a rotation', async () => {
    assert.ok(k2);
    const before = await openLedger({ url, keys: [k1] });
    const sealed = before.keyring.seal('Ada', 'here');
    const digest = before.keyring.digest('Ada');
    await before.close();
    const rotated = await openLedger({ url, keys: [k2, k1] });
    assert.equal(rotated.keyring.open(sealed, 'here', ''), 'Ada');
    assert.deepEqual(rotated.keyring.digest('Ada'), digest);
    await rotated.close();
  });

  it('refuses a ring that lacks a key in use', async () => {
    assert.ok(k2);
    await assert.rejects(openLedger({ url, keys: [k2] }), refusal('config', /encrypted with key 'k1'/));
  });

  it('refuses another key under a known id', async () => {
    const [other] = testKeys('k1');
    assert.ok(k2);
    await assert.rejects(openLedger({ url, keys: [k2, other] }), refusal('config', /'k1' does not fit/));
  });

  it('refuses a database written by a newer version', async () => {
    const ledger = await openLedger({ url, keys });
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', 'now')`.execute(ledger.db);
    await ledger.close();
    await assert.rejects(openLedger({ url, keys }), refusal('config', /newer Attune/));
  });

  it('says what is wrong with the address, without repeating it', async () => {
    const wrong = new URL(url);
    wrong.pathname = '/nowhere';
    await assert.rejects(openLedger({ url: wrong.href, keys }), refusal('config', /does not exist/));
    wrong.port = '1';
    await assert.rejects(openLedger({ url: wrong.href, keys }), refusal('unavailable', /cannot be reached/));
    await assert.rejects(
      openLedger({ url: 'mysql://x:hidden@y/z', keys }),
      refusal('config', /not a PostgreSQL address/),
    );
  });

  const refusal = (kind: string, text: RegExp) => (error: unknown) => {
    assert.ok(isFailure(error));
    assert.equal(error.kind, kind);
    assert.match(error.sentence, text);
    assert.doesNotMatch(error.sentence, /hidden|postgres:\/\/attune/);
    return true;
  };
});
