import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TargetEvaluation } from '../../../src/core/mapping/mapping.ts';
import type { AttributeId, Desired } from '../../../src/core/profile.ts';
import { createCoverage, fallOf } from '../../../src/core/report/coverage.ts';

const attributes: readonly AttributeId[] = ['field:phone', 'userProperty:Company'];
const desired = fc.constantFrom<Desired>(
  { do: 'set', value: 'x', overwrite: 'always' },
  { do: 'clear', whose: 'ours' },
  { do: 'keep' },
);
const evaluation: fc.Arbitrary<TargetEvaluation> = fc.oneof(
  fc.constant({ kind: 'outOfScope', reason: 'outOfScope', facts: {} } as const),
  fc.constant({ kind: 'failed', reason: 'mappingFailed', facts: {} } as const),
  fc.tuple(desired, desired, fc.constantFrom('tooLong', 'cut', 'noTransform', null)).map(([phone, company, kept]) => ({
    kind: 'mapped' as const,
    desired: new Map([
      ['field:phone' as const, phone],
      ['userProperty:Company' as const, company],
    ]),
    rows: new Map(),
    match: [],
    kept: kept === null ? [] : [{ attribute: 'field:phone' as const, reason: kept, value: 'secret' }],
  })),
);

describe('coverage', () => {
  it('counts whoever is mapped once, with and without a value, and holds no value', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('jira', 'wiki'), evaluation)), (people) => {
        const coverage = createCoverage();
        for (const [target, one] of people) coverage.add(target, one);
        const found = coverage.of();
        for (const target of ['jira', 'wiki']) {
          const at = people.flatMap(([where, one]) => (where === target ? [one] : []));
          const mapped = at.flatMap((one) => (one.kind === 'mapped' ? [one] : []));
          const failed = at.filter(({ kind }) => kind === 'failed').length;
          assert.deepEqual([found[target]?.people ?? 0, found[target]?.failed ?? 0], [mapped.length, failed]);
          for (const attribute of attributes) {
            const counts = found[target]?.attributes[attribute] ?? { withValue: 0, tooLong: 0 };
            assert.equal(counts.withValue, mapped.filter((one) => one.desired.get(attribute)?.do === 'set').length);
            assert.equal(
              counts.tooLong,
              mapped.filter((one) =>
                one.kept.some((kept) => kept.attribute === attribute && kept.reason !== 'noTransform'),
              ).length,
            );
          }
        }
        assert.ok(!JSON.stringify(found).includes('secret'));
      }),
    );
  });

  it('tells at which moment an attribute fell, and nothing of one that is filled again or never fell', () => {
    const of = (...shares: readonly number[]) => shares.map((share, at) => ({ at, people: 200, withValue: share * 2 }));
    assert.equal(fallOf(of(96, 95, 41, 40))?.at, 2);
    assert.equal(fallOf(of(96, 93, 92, 90))?.at, 3, 'slowly');
    assert.equal(fallOf(of(96, 40, 96)), null);
    assert.equal(fallOf(of(96, 95, 92)), null);
    assert.equal(fallOf(of(40, 96)), null);
    assert.equal(fallOf(of(96)), null);
    assert.equal(fallOf([]), null);
    assert.equal(fallOf([{ at: 0, people: 0, withValue: 0 }, ...of(90)]), null, 'nobody was mapped then');
  });
});
