import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedCall } from '../../contract/target-lab.ts';
import { filled, sandboxMember } from '../../contract/target-members.ts';

test('an account whose own mail Confluence does not take is left as it is, and the reason names that', async () => {
  const lab = await sandboxMember('Confluence', 'confluence', filled(255), {}, {}).open([
    { username: 'ada', fullName: 'Ada', email: 'no mail', held: { position: 'Author' } },
    { username: 'bob', fullName: 'Bob', email: 'bob@acme.example', held: {} },
  ]);
  try {
    const changes = [
      { attribute: 'field:phone', before: null, after: '1' },
      { attribute: 'field:position', before: 'Author', after: 'Editor' },
    ] as const;
    const { results } = await lab.target.applyChanges(lab.account('ada'), changes, countedCall().call);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    for (const result of results) {
      assert.match('reason' in result ? String(result.reason) : '', /own full name or mail address is not valid/);
    }
    assert.deepEqual(lab.holds('ada'), { fullName: 'Ada', email: 'no mail', held: { position: 'Author' } });
    const other = await lab.target.applyChanges(lab.account('bob'), changes.slice(0, 1), countedCall().call);
    assert.deepEqual(
      other.results.map(({ status }) => status),
      ['applied'],
    );
  } finally {
    await lab.close();
  }
});
