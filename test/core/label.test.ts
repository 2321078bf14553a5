import assert from 'node:assert/strict';
import { it } from 'node:test';
import { labelOf } from '../../src/core/label.ts';

it('a person is called by what the source has: parts of a name together, nothing for what is missing or no text', () => {
  const paths = { name: ['profile.firstName', 'profile.lastName'], login: 'profile.login', mail: 'mail' };
  const called = (attributes: Parameters<typeof labelOf>[0]['attributes']) => labelOf({ id: '1', attributes }, paths);
  assert.deepEqual(
    called({ profile: { firstName: ' Zoë ', lastName: "O'Neill", login: 'zoe' }, mail: 'z@acme.example' }),
    {
      name: "Zoë O'Neill",
      login: 'zoe',
      mail: 'z@acme.example',
    },
  );
  assert.deepEqual(called({ profile: { lastName: 'Vance', login: ['x'] }, mail: '' }), {
    name: 'Vance',
    login: null,
    mail: null,
  });
  assert.deepEqual(called({ profile: null }), { name: null, login: null, mail: null });
});
