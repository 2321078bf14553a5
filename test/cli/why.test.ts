import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WhyWire } from '../../src/api/schemas/targets.ts';
import { whyText } from '../../src/cli/commands/why.ts';

const told: WhyWire = {
  ...{ target: 'wiki', account: 'ada', attribute: 'field:im', value: 'x', origin: 'foreign' },
  ...{ connector: null, person: null, version: null, kept: null, rows: [], write: null, lastSeen: null },
};

test('where there is no value nobody is said to have put one there', () => {
  assert.match(whyText(told), /^field:im of "ada": "x"\nSomebody else's value, which Attune does not overwrite\.$/);
  assert.match(
    whyText({ ...told, value: null }),
    /^field:im of "ada": nothing\nThere is no value, and none of Attune’s was there\.$/,
  );
});
