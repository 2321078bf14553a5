import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocument } from '../../src/server/documents.ts';

test('a start tells what is doubtful in its document: each secret that is not there, and where it is named', async () => {
  const warned: string[] = [];
  await readDocument('attune.example.yaml', {}, (text) => warned.push(text));
  assert.equal(warned.length, 3, warned.join('\n'));
  assert.match(
    warned[0] ?? '',
    /^attune\.example\.yaml, targets\..* \(line \d+\): The secret ATTUNE_SECRET_\w+ is not set\. .*on the machine that ran the check/,
  );
  const all = { ATTUNE_SECRET_ENTRA: 'one', ATTUNE_SECRET_JIRA_EU: 'two', ATTUNE_SECRET_WIKI: 'three' };
  const silent: string[] = [];
  await readDocument('attune.example.yaml', all, (text) => silent.push(text));
  assert.deepEqual(silent, []);
});
