import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explanationText } from '../../src/client/explain-text.ts';

test('an explanation names the person and whoever else it is about, beside their ids', () => {
  const told = {
    connector: 'acme',
    version: 3,
    unsaved: false,
    person: 'id-1',
    label: { name: 'Zoë Ott', login: 'zoe@acme.example', mail: 'zoe@acme.example' },
    names: { 'id-2': { name: null, login: null, mail: 'ann@acme.example' } },
    source: {},
    scope: true,
    targets: {
      jira: {
        steps: [],
        attempts: [],
        account: null,
        current: null,
        attributes: [],
        outcome: 'ambiguous',
        reason: 'accountClaimedTwice',
        facts: { people: ['id-2', 'id-3'] },
        sentence: 'The account found belongs to somebody else as well: id-2, id-3.',
        remedy: null,
      },
    },
  };
  const text = explanationText(told);
  assert.match(text, /^acme, Zoë Ott, zoe@acme\.example \(person id-1\), by version 3\. Nothing was written\.\n/);
  assert.match(text, /\njira: ambiguous .* as well: id-2, id-3\. id-2 is ann@acme\.example\.$/);
  assert.match(explanationText({ ...told, label: null }), /^acme, person id-1, by version 3\./);
});
