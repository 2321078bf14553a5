import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../../src/core/failure.ts';
import type { Change, ChangeResult, Profile } from '../../../src/core/profile.ts';
import { writeEach } from '../../../src/targets/atlassian/write-each.ts';

const change = (name: string): Change => ({ attribute: `userProperty:${name}`, before: null, after: 'x' });
const all = ['A', 'B', 'C'].map(change);
const nothing: Profile = new Map();
const applied = ({ attribute }: Change): ChangeResult => ({ attribute, status: 'applied' });

test('an account out of reach ends as protected when nothing was written to it', async () => {
  const work = writeEach(all, nothing, async () => null, 'Jira');
  await assert.rejects(work, (error) => isFailure(error) && error.facts.skips === 'protected');
});

test('out of reach in mid-work: what was written is told, the rest is refused', async () => {
  const write = async (one: Change) => (one.attribute === 'userProperty:A' ? applied(one) : null);
  assert.deepEqual(
    (await writeEach(all, nothing, write, 'Jira')).map(({ status }) => status),
    ['applied', 'rejected', 'rejected'],
  );
});

test('what stands there already or was changed since is not written, and results keep their order', async () => {
  const held: Profile = new Map([
    ['userProperty:A', 'by hand'],
    ['userProperty:C', 'x'],
  ]);
  const asked: string[] = [];
  const write = async (one: Change) => {
    asked.push(one.attribute);
    return applied(one);
  };
  assert.deepEqual(
    (await writeEach(all, held, write, 'Jira')).map(({ status }) => status),
    ['moved', 'applied', 'already'],
  );
  assert.deepEqual(asked, ['userProperty:B']);
});
