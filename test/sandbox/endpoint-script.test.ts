import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { openProduct, token } from '../targets/fixtures/sandbox.ts';

const told = z
  .object({
    seeds: z.array(z.object({ key: z.string(), active: z.boolean(), held: z.record(z.string(), z.string()) })),
    exchanges: z.array(z.object({ ask: z.unknown(), answer: z.unknown() })),
  })
  .parse(JSON.parse(readFileSync(new URL('../endpoint-scripts/exchanges.json', import.meta.url), 'utf8')));

const members = [
  { kind: 'jira', script: 'attuneUserProperties', names: { A: 'Company', B: 'Cost center', C: 'Manager' } },
  {
    kind: 'confluence',
    script: 'attuneUserDetails',
    names: { A: 'field:phone', B: 'userProperty:Cost center', C: 'field:location' },
  },
] as const;

const renamed = (value: unknown, names: Readonly<Record<string, string>>): unknown => {
  if (Array.isArray(value)) return value.map((each) => renamed(each, names));
  if (typeof value === 'string') return names[value] ?? value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [names[key] ?? key, renamed(each, names)]));
};

for (const { kind, script, names } of members) {
  test(`the stand-in of ${kind} answers for the endpoint script what the script itself answers`, async (t) => {
    const people = told.seeds.map(({ key, active, held }) => ({
      username: key.toLowerCase(),
      key,
      active,
      properties: Object.fromEntries(
        Object.entries(held).map(([name, value]) => {
          const given = Object.entries(names).find(([letter]) => letter === name)?.[1] ?? name;
          return [given.replace('field:', '').replace('userProperty:', 'preference:'), value];
        }),
      ),
    }));
    const product = await openProduct(kind, people, { scriptRunner: true });
    t.after(product.close);
    for (const { ask, answer } of told.exchanges) {
      const answered = await fetch(`${product.url}/rest/scriptrunner/latest/custom/${script}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(renamed(ask, names)),
      });
      assert.deepEqual(await answered.json(), renamed(answer, names));
    }
  });
}
