import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { audit, listAudit } from '../../../src/ledger/access/audit.ts';
import { answerKey, claimKey, freeKey } from '../../../src/ledger/access/idempotency.ts';
import { addToken, authenticate, listTokens, revokeToken } from '../../../src/ledger/access/tokens.ts';
import { putLookup, readLookup } from '../../../src/ledger/lookups.ts';
import type { Ledger } from '../../../src/ledger/open.ts';
import { freshDatabase } from '../../fixtures/database.ts';

describe('access to the ledger', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  it('by a token: known by its hash only, gone when revoked', async () => {
    const text = await addToken(ledger, { name: 'ci', can: ['run', 'read'], createdBy: 'ada' });
    assert.match(text, /^attune_[\w-]{43}$/);
    const bearer = await authenticate(ledger, text);
    assert.equal(bearer?.name, 'ci');
    assert.deepEqual(bearer?.can, ['read', 'run']);
    assert.equal(await authenticate(ledger, `${text}x`), null);
    await assert.rejects(
      addToken(ledger, { name: 'ci', can: ['read'], createdBy: 'ada' }),
      /already a token with that name/,
    );
    const { rows } = await sql<{ row: string }>`select token::text as row from token`.execute(ledger.db);
    assert.ok(rows.every(({ row }) => !row.includes(text.slice(7, 20))));
    assert.equal(await revokeToken(ledger, 'ci'), true);
    assert.equal(await authenticate(ledger, text), null);
    assert.equal(await revokeToken(ledger, 'ci'), false);
    await addToken(ledger, { name: 'ci', can: ['approve'], createdBy: 'ada' });
    assert.deepEqual(
      (await listTokens(ledger)).map(({ name, can }) => ({ name, can })),
      [{ name: 'ci', can: ['approve'] }],
    );
  });

  it('leaves a trace of who did what', async () => {
    await audit(ledger, { who: 'ada', action: 'approve', subject: 'run-1' });
    await audit(ledger, { who: 'bob', action: 'token.revoke', subject: 'ci' });
    assert.deepEqual(
      (await listAudit(ledger, 10)).map(({ who, action, subject }) => [who, action, subject]),
      [
        ['bob', 'token.revoke', 'ci'],
        ['ada', 'approve', 'run-1'],
      ],
    );
  });

  it('hands a login over sealed, until it expires', async () => {
    const key = await putLookup(ledger, 'canary@acme.example', 60);
    assert.equal(await readLookup(ledger, key), 'canary@acme.example');
    assert.equal(await readLookup(ledger, key), 'canary@acme.example');
    const { rows } = await sql<{ row: string }>`select lookup::text as row from lookup`.execute(ledger.db);
    assert.ok(rows.every(({ row }) => !row.includes(Buffer.from('canary').toString('hex'))));
    const brief = await putLookup(ledger, 'x', 0.02);
    await sleep(40);
    assert.equal(await readLookup(ledger, brief), null);
    assert.equal(await readLookup(ledger, 'unknown'), null);
  });

  it('answers a repeated request as before, and refuses its key to another', async () => {
    const started = { run: 'r1', workflowId: 'w1' };
    assert.deepEqual(await claimKey(ledger, 'ci', 'k', 'start acme'), { kind: 'new' });
    assert.deepEqual(await claimKey(ledger, 'ci', 'k', 'start acme'), { kind: 'underWay' });
    await sql`update idempotency set created_at = now() - interval '2 minutes'`.execute(ledger.db);
    assert.deepEqual(await claimKey(ledger, 'ci', 'k', 'start acme'), { kind: 'new' }, 'cut off before its answer');
    assert.deepEqual(await claimKey(ledger, 'ci', 'k', 'start acme'), { kind: 'underWay' });
    await answerKey(ledger, 'ci', 'k', started);
    assert.deepEqual(await claimKey(ledger, 'ci', 'k', 'start acme'), { kind: 'answered', started });
    assert.deepEqual(await claimKey(ledger, 'ci', 'k', 'start other'), { kind: 'other' });
    assert.deepEqual(await claimKey(ledger, 'bob', 'k', 'start other'), { kind: 'new' }, "another bearer's key");
    await freeKey(ledger, 'bob', 'k');
    assert.deepEqual(await claimKey(ledger, 'bob', 'k', 'start acme'), { kind: 'new' });
  });
});
