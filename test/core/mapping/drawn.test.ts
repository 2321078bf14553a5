import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileMapping } from '../../../src/core/mapping/compile.ts';
import type { TargetEvaluation } from '../../../src/core/mapping/mapping.ts';
import { asDiff, decisionsFor } from '../../../src/core/plan/diff.ts';
import type { AttributeId } from '../../../src/core/profile.ts';
import { sentenceOf } from '../../../src/core/report/reasons.ts';
import type { JsonObject } from '../../../src/core/values.ts';
import { drawnAttributes, drawnHeld, drawnMapping, drawnRules } from '../../fixtures/drawn-mappings.ts';

type Drawn = typeof drawnMapping extends fc.Arbitrary<infer Value> ? Value : never;

const evaluatorOf = ({ scope, rows }: Drawn) => {
  const mapping = compileMapping(
    { scope, to: [{ target: 't', match: [{ username: 'login' }], attributes: rows }] },
    { attributes: new Map([['t', drawnRules]]) },
  );
  return async (attributes: JsonObject): Promise<TargetEvaluation> => {
    const result = (await mapping.evaluate({ id: '1', attributes })).get('t');
    assert.ok(result);
    return result;
  };
};

const anyone = fc.oneof(
  drawnAttributes,
  fc.dictionary(fc.constantFrom('title', 'city', 'phones', 'nested'), fc.jsonValue()),
);
const plain = (attributes: object): JsonObject => JSON.parse(JSON.stringify(attributes));

test('any document makes of any person a profile, a policy outcome or a named error, always the same', async () => {
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(drawnMapping, anyone, async (settings, person) => {
      const evaluate = evaluatorOf(settings);
      const attributes = plain(person);
      const first = await evaluate(attributes);
      kinds.add(first.kind);
      assert.deepEqual(await evaluate(attributes), first);
      assert.deepEqual(await evaluatorOf(settings)(Object.fromEntries(Object.entries(attributes).reverse())), first);
      if (first.kind !== 'mapped') assert.match(sentenceOf(first.reason, first.facts), /\S/);
      else for (const want of first.desired.values()) if (want.do === 'set') assert.match(want.value, /\S/);
    }),
    { numRuns: 2_000 },
  );
  assert.deepEqual([...kinds].sort(), ['failed', 'mapped', 'outOfScope', 'skipped']);
});

test('once a plan is applied there is nothing left to plan, for any document and person', async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(drawnMapping, drawnAttributes, drawnHeld, async (settings, person, held) => {
      const result = await evaluatorOf(settings)(plain(person));
      if (result.kind !== 'mapped') return;
      const profile = new Map<AttributeId, string>();
      for (const [attribute, value] of Object.entries(held))
        if (value !== '') profile.set(attribute as AttributeId, value);
      const ours = new Set<AttributeId>();
      const { changes, adopted } = asDiff(decisionsFor(result.desired, profile, ours));
      changed += changes.length;
      for (const { attribute, after } of changes) {
        if (after === null) profile.delete(attribute);
        else profile.set(attribute, after);
        ours.add(attribute);
      }
      for (const attribute of adopted) ours.add(attribute);
      assert.deepEqual(asDiff(decisionsFor(result.desired, profile, ours)), { changes: [], adopted: [] });
    }),
    { numRuns: 2_000 },
  );
  assert.ok(changed > 500, `${changed} changes`);
});
