import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../../src/core/failure.ts';
import type { MappingStep } from '../../../src/core/mapping/mapping.ts';
import type { JsonObject } from '../../../src/core/values.ts';
import { evaluate, mappingOf, row } from './fixtures.ts';

describe('a mapping', () => {
  it('takes the first row of an attribute whose `when` holds', async () => {
    const mapping = mappingOf([
      row({ when: "type = 'Guest'", from: { constant: 'External' } }),
      row({ when: "type = 'Robot'", from: { constant: 'None' } }),
      row({ from: 'company' }),
    ]);
    const phone = async (attributes: { type?: string; company: string }) => {
      const result = await evaluate(mapping, attributes);
      return result.kind === 'mapped' ? result.desired.get('field:phone') : null;
    };
    const set = (value: string) => ({ do: 'set', value, overwrite: 'always' });
    assert.deepEqual(await phone({ type: 'Guest', company: 'Acme' }), set('External'));
    assert.deepEqual(await phone({ company: 'Acme' }), set('Acme'));
    const rowOf = async (type: string) => {
      const result = await evaluate(mapping, { type, company: 'Acme' });
      return result.kind === 'mapped' ? result.rows.get('field:phone') : null;
    };
    assert.deepEqual([await rowOf('Guest'), await rowOf('Robot'), await rowOf('Member')], [0, 1, 2]);
  });

  it('scope of the connector and of the target leave a person out', async () => {
    const mapping = mappingOf([row({ from: 'a' })], {
      connectorScope: "$not(type = 'Service')",
      scope: "'engineering' in groups",
    });
    const kind = async (attributes: { type?: string; groups?: string[] }) => evaluate(mapping, attributes);
    assert.equal((await kind({ groups: ['engineering', 'all'] })).kind, 'mapped');
    assert.deepEqual(await kind({ groups: ['all'] }), {
      kind: 'outOfScope',
      reason: 'outOfScope',
      facts: { scope: 't' },
    });
    assert.deepEqual(await kind({ type: 'Service', groups: ['engineering'] }), {
      kind: 'outOfScope',
      reason: 'outOfScope',
      facts: { scope: 'the connector' },
    });
  });

  it('an empty key never becomes a match, and keys that differ in case only are one', async () => {
    const match = [{ username: 'login' }, { email: ['mail', 'others'] }];
    const mapping = mappingOf([row({ from: 'a' })], { match });
    assert.deepEqual(await evaluate(mapping, { login: ' ', mail: 'Joe@a.example', others: ['joe@A.example', 'j@b'] }), {
      kind: 'mapped',
      desired: new Map([['field:phone', { do: 'clear', whose: 'ours' }]]),
      rows: new Map([['field:phone', 0]]),
      match: [{ by: 'email', values: ['Joe@a.example', 'j@b'] }],
      kept: [],
    });
  });

  it('selects what its expressions read, full paths, without groups', () => {
    const rows = [
      row({ from: 'manager.displayName', when: "'x' in groups" }),
      row({ from: { firstOf: ['mobilePhone', '(businessPhones)[0]'] } }),
      row({ userProperty: 'A', field: undefined, from: '$uppercase(a.b) & c', uses: ['d'] }),
    ];
    assert.deepEqual(mappingOf(rows, { scope: "type = 'Member'" }).selection, [
      'a.b',
      'businessPhones',
      'c',
      'd',
      'login',
      'manager.displayName',
      'mobilePhone',
      'type',
    ]);
  });

  it('refuses to compile what validation refuses', () => {
    const isConfig = (error: unknown) => isFailure(error) && error.kind === 'config';
    assert.throws(() => mappingOf([row({ from: '$uppercase(' })]), isConfig);
    assert.throws(() => mappingOf([row({ field: 'fax', from: 'a' })]), isConfig);
    assert.throws(() => mappingOf([row({ from: 'a' })], { target: 'other' }), isConfig);
  });

  it('tells each step it takes, and decides the same when nobody listens', async () => {
    const mapping = mappingOf([row({ when: "type = 'Guest'", from: { constant: 'External' } }), row({ from: 'a' })]);
    const steps: MappingStep[] = [];
    const user = { id: '1', attributes: { a: 'x', login: 'joe' } };
    const told = await mapping.evaluate(user, (step) => steps.push(step));
    assert.deepEqual(await mapping.evaluate(user), told);
    const decision = { do: 'set', value: 'x', overwrite: 'always' };
    const unread = { found: [], transformed: [] };
    const read = { found: ['x'], transformed: [[]] };
    assert.deepEqual(steps, [
      { target: null, step: 'scope', holds: true },
      { target: 't', step: 'scope', holds: true },
      { target: 't', step: 'match', by: 'username', values: ['joe'] },
      {
        target: 't',
        step: 'row',
        row: 0,
        attribute: 'field:phone',
        decision: null,
        why: '`when` does not hold',
        ...unread,
      },
      { target: 't', step: 'row', row: 1, attribute: 'field:phone', decision, why: 'value', ...read },
    ]);
  });

  const rows = [
    row({ from: { join: ['a', 'b.c'], with: ' ' }, whenTooLong: 'truncate' }),
    row({
      field: undefined,
      userProperty: 'P',
      when: '$exists(a)',
      from: "$uppercase($string(b)) & '!'",
      transforms: ['trim', { regex: { find: '(.)\\s+', replace: '$1' } }],
    }),
    row({ field: undefined, userProperty: 'Q', from: 'b.d', whenNoTransformApplies: 'skipUser' }),
  ];
  const person = fc.record({ a: fc.jsonValue(), b: fc.jsonValue(), login: fc.jsonValue() }, { requiredKeys: [] });

  it('is total and deterministic, and does not depend on the order of attributes', async () => {
    const mapping = mappingOf(rows);
    await fc.assert(
      fc.asyncProperty(person, async (attributes) => {
        const plain: JsonObject = JSON.parse(JSON.stringify(attributes));
        const first = await evaluate(mapping, plain);
        assert.deepEqual(await evaluate(mapping, plain), first);
        assert.deepEqual(await evaluate(mapping, Object.fromEntries(Object.entries(plain).reverse())), first);
        if (first.kind !== 'mapped') return;
        for (const desired of first.desired.values()) {
          if (desired.do === 'set') assert.ok(desired.value !== '' && desired.value.length <= 20);
        }
      }),
      { numRuns: 300 },
    );
  });
});
