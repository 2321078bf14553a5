import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openConfig } from '../../src/config/open-config.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { targetDefinitions } from '../../src/targets/index.ts';

type Node = { readonly [name: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every setting of a schema by its place, with what is said of it. */
const settings = (schema: unknown, place = ''): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(schema)) return schema.flatMap((one) => settings(one, place));
  if (!isNode(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key !== 'properties' || !isNode(value))
      return settings(value, key === 'additionalProperties' ? `${place}.*` : place);
    return Object.entries(value).flatMap(([name, one]) => {
      const at = place === '' ? name : `${place}.${name}`;
      return [[at, isNode(one) ? one.description : undefined] as const, ...settings(one, at)];
    });
  });
};

it('the JSON Schema says of every single setting what it means', () => {
  const schema = openConfig({ sources: sourceDefinitions, targets: targetDefinitions }).jsonSchema();
  const all = settings(schema);
  assert.ok(all.length > 180, `${all.length} settings`);
  assert.deepEqual(
    all.filter(([, said]) => typeof said !== 'string' || !/[.!]$/.test(said)).map(([place]) => place),
    [],
    'settings without a description',
  );
  assert.equal(Reflect.get(schema, 'title'), 'A document of Attune');
});
