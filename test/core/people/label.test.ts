import assert from 'node:assert/strict';
import { it } from 'node:test';
import { labelMeant, labelOf } from '../../../src/core/people/label.ts';

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

it('somebody is meant by the beginnings of name, login or mail, however the letters are typed', () => {
  const zoe = { name: "Zoë O'Neill-Åkesson", login: 'zoe.oneill@acme.example', mail: 'z.oneill@acme.example' };
  for (const typed of [
    'zoe',
    'ZOË',
    'oneill',
    "o'nei",
    'akes',
    'zoe oneill',
    'oneill zo',
    'zoe.one',
    'z.oneill@acme',
  ]) {
    assert.ok(labelMeant(typed)(zoe), typed);
  }
  for (const typed of ['', ' ', '--', 'eill', 'zoe vance', 'oe']) assert.equal(labelMeant(typed)(zoe), false, typed);
  assert.ok(labelMeant('müll')({ name: 'Muller', login: null, mail: null }));
  assert.ok(labelMeant('山田')({ name: '山田太郎', login: null, mail: null }));
  assert.equal(labelMeant('x')({ name: null, login: null, mail: null }), false);
});
