import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { createApi } from '../../src/api/create-api.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const file = new URL('../../openapi.json', import.meta.url);

const Description = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({}),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({ operationId: z.string(), summary: z.string(), tags: z.array(z.string()).length(1) }),
    ),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

describe('the description of the API', () => {
  let text = '';
  let close = async (): Promise<void> => undefined;
  before(async () => {
    const { ledger, close: drop } = await freshDatabase();
    const api = await createApi((await apiParts(ledger)).parts);
    await api.ready();
    text = `${JSON.stringify(api.swagger(), null, 2)}\n`;
    close = async () => {
      await api.close();
      await drop();
    };
  });
  after(() => close());
  const read = () => Description.parse(JSON.parse(text));

  it('is valid OpenAPI 3.1', async () => {
    const found = await new Validator().validate(JSON.parse(text));
    assert.deepEqual([found.valid, found.errors ?? []], [true, []]);
    assert.match(read().openapi, /^3\.1\./);
  });

  it('refers to nothing that is not there', () => {
    const { schemas } = read().components;
    const references = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map(([, reference]) => reference ?? '');
    assert.ok(references.length > 40, `${references.length} references`);
    for (const reference of references) {
      assert.ok(Object.hasOwn(schemas, reference.replace('#/components/schemas/', '')), reference);
    }
    for (const name of ['Run', 'Report', 'Connector', 'Explanation', 'Problem', 'Json', 'LiveEvent', 'RunEvent'])
      assert.ok(schemas[name], name);
  });

  it('takes its names from every file of schemas', async () => {
    const folder = new URL('../../src/api/schemas/', import.meta.url);
    const { schemas } = read().components;
    const isNamed = (id: string): boolean => Object.hasOwn(schemas, id) || Object.hasOwn(schemas, `${id}Input`);
    for (const name of await readdir(folder)) {
      const exported = Object.entries<unknown>(await import(new URL(name, folder).href));
      const ids = exported.flatMap(([wire, schema]) =>
        wire.endsWith('Wire') && schema instanceof z.core.$ZodType ? [wire.replace(/Wire$/, '')] : [],
      );
      assert.ok(ids.length === 0 || ids.some(isNamed), `${name}: ${ids.join(', ')}`);
    }
  });

  it('names every operation once', () => {
    const ids = Object.values(read().paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length >= 30);
  });

  it("is committed as openapi.json: 'ATTUNE_UPDATE=1 npm test -- test/api/openapi.test.ts' writes it anew", async () => {
    if (process.env.ATTUNE_UPDATE === '1') await writeFile(file, text);
    const committed = await readFile(file, 'utf8').catch(() => '');
    assert.ok(committed === text, 'the API differs from openapi.json');
  });
});
