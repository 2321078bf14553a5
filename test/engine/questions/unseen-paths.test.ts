import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unseenPaths } from '../../../src/engine/questions/unseen-paths.ts';

test('a path is seen where somebody has something there, and the manager where the source gives one', () => {
  const users = [
    { id: '1', attributes: { city: 'Ulm', phones: [{ type: 'work' }], manager: { mail: 'm@acme.example' } } },
    { id: '2', attributes: { phones: [{ value: '' }, { value: '7' }], flag: false, badge: null, name: {} } },
  ];
  const paths = ['city', 'flag', 'phones.value', 'phones.typo', 'badge', 'name.first', 'manager.mail', 'manager.city'];
  const never = ['phones.typo', 'badge', 'name.first'];
  assert.deepEqual(unseenPaths(users, paths, true), [...never, 'manager.city']);
  assert.deepEqual(unseenPaths(users, paths, false), never);
});
