import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/core/failure.ts';
import { accountOf, accountText } from '../../src/engine/account-text.ts';
import { keptNotice } from '../../src/ledger/notices/outbox.ts';
import { keptUnchanged } from '../../src/ledger/reading/take-back.ts';

describe('JSON kept in the ledger', () => {
  const account = { key: 'k1', username: 'ada', email: null, active: true };

  it('comes back as it was written', () => {
    assert.deepEqual(accountOf(accountText(account)), account);
  });

  it('of another release is understood without what was added, and refused without what is needed', () => {
    assert.deepEqual(accountOf(JSON.stringify({ ...account, avatar: 'new' })), account);
    for (const other of [{ ...account, active: undefined }, { ...account, key: 7 }, [account], null]) {
      assert.throws(
        () => accountOf(JSON.stringify(other)),
        (error) =>
          isFailure(error) &&
          error.kind === 'config' &&
          /stores an account in a form that this release of Attune does not know/.test(error.message) &&
          !/ada/.test(error.sentence),
      );
    }
    assert.throws(() => accountOf('{"key":'), { kind: 'config' });
  });

  it('of a page and of a notice is held against its shape, too', () => {
    const notice = { run: null, since: null, count: 3, text: 'three', remedy: null };
    assert.deepEqual(keptNotice.of({ ...notice, colour: 'red' }), notice);
    assert.throws(() => keptNotice.of({ ...notice, text: 3 }), { kind: 'config' });
    assert.deepEqual(keptUnchanged.read(keptUnchanged.text({ jira: 3 })), { jira: 3 });
    assert.throws(() => keptUnchanged.of({ jira: { count: 3 } }), { kind: 'config' });
  });
});
