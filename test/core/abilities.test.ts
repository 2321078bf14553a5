import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { abilities, abilityMeaning } from '../../src/core/abilities.ts';

it('docs/security.md explains each ability in the words of the help', () => {
  const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, ability, meaning]) => [ability, meaning]);
  assert.deepEqual(
    rows,
    abilities.map((ability) => [ability, abilityMeaning[ability]]),
  );
});
