import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../src/core/failure.ts';
import { createKeyring } from '../../../src/ledger/sealing/keyring.ts';
import { localKeys, parseKeys } from '../../../src/ledger/sealing/keys.ts';
import { testKeys } from '../../fixtures/database.ts';

describe('the key ring', () => {
  const keys = testKeys('k1');
  const ring = createKeyring(keys, Buffer.alloc(32, 7));

  it('opens what it sealed, whatever the text and context', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        assert.equal(ring.open(ring.seal(text, context), context, ''), text.toWellFormed());
      }),
    );
  });

  it('seals the same text differently each time, and digests it always alike', () => {
    assert.notDeepEqual(ring.seal('Ada', 'here'), ring.seal('Ada', 'here'));
    assert.deepEqual(ring.digest('Ada'), ring.digest('Ada'));
    assert.notDeepEqual(ring.digest('Ada'), createKeyring(keys, Buffer.alloc(32, 8)).digest('Ada'));
  });

  it('never uses an initialization vector twice', () => {
    const vectors = Array.from({ length: 2_000 }, () => ring.seal('Ada', 'here').subarray(4, 16).toString('hex'));
    assert.equal(new Set(vectors).size, vectors.length);
  });

  it('opens nothing that was changed in any byte or moved to another context', () => {
    const sealed = ring.seal('Ada Lovelace', 'profile');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ flip;
        assert.throws(() => ring.open(changed, 'profile', ''), isFailure);
      }),
    );
    assert.throws(() => ring.open(sealed, 'change', 'profile'), isFailure);
    assert.throws(() => ring.open(sealed.subarray(0, 9), 'profile', ''), isFailure);
  });

  it('opens values of an earlier key while that key is in the ring', () => {
    const [k2] = testKeys('k2');
    const sealed = ring.seal('Ada', 'here');
    assert.equal(createKeyring([k2, keys[0]], Buffer.alloc(32)).open(sealed, 'here', ''), 'Ada');
    assert.throws(
      () => createKeyring([k2], Buffer.alloc(32)).open(sealed, 'here', ''),
      /key 'k1', which is not in the key ring/,
    );
  });
});

describe('keys', () => {
  const good = `k1:${Buffer.alloc(32, 1).toString('base64')}`;

  it('are read in their order', () => {
    const keys = parseKeys(`k2:${Buffer.alloc(32, 2).toString('base64')}, ${good}`);
    assert.deepEqual(
      keys.map((key) => key.id),
      ['k2', 'k1'],
    );
  });

  it('that are missing, malformed or named twice are refused without being repeated', () => {
    const short = Buffer.alloc(16, 3).toString('base64');
    for (const text of [undefined, '', 'k1', `k1:${short}`, `${good},${good}`, `${good},`]) {
      assert.throws(
        () => parseKeys(text),
        (error) => isFailure(error) && error.kind === 'config' && !error.sentence.includes(short),
      );
    }
  });

  it('of a data directory are made once, readable by their owner alone', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'attune-keys-'));
    try {
      const [first] = await localKeys(join(directory, 'data'));
      const [again] = await localKeys(join(directory, 'data'));
      assert.deepEqual(again, first);
      const file = join(directory, 'data', 'keys');
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.equal((await stat(join(directory, 'data'))).mode & 0o777, 0o700);
      await writeFile(file, (await readFile(file, 'utf8')).slice(0, 20));
      await assert.rejects(localKeys(join(directory, 'data')), /cannot be read as a key ring/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
