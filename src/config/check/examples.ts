import { closest } from '../../core/closest.ts';
import { compileMapping } from '../../core/mapping/compile.ts';
import type { TargetEvaluation } from '../../core/mapping/mapping.ts';
import { foldKey, type MatchBy } from '../../core/people/match.ts';
import type { AttributeId, TargetAttributes } from '../../core/profile.ts';
import { sentenceOf } from '../../core/report/reasons.ts';
import { type Finding, type Place, pathText, wrong } from '../problem.ts';
import type { ConnectorSettings } from '../schema/document.ts';
import type { Expected } from '../schema/example.ts';

/**
 * Runs the examples of a connector through its mapping and reports every difference; what an example does not name is
 * not checked. `begun` is called for each example.
 */
export const checkExamples = async (
  connector: ConnectorSettings,
  attributes: ReadonlyMap<string, TargetAttributes>,
  place: Place,
  begun: (path: string) => void,
): Promise<Finding[]> => {
  if (connector.examples.length === 0) return [];
  const mapping = compileMapping(connector, { attributes });
  const findings: Finding[] = [];
  for (const [index, { user, expect, name }] of connector.examples.entries()) {
    begun(pathText([...place, 'examples', index]));
    const evaluated = await mapping.evaluate({ id: name, attributes: user });
    for (const [target, expected] of Object.entries(expect)) {
      const at = [...place, 'examples', index, 'expect', target];
      const found = evaluated.get(target);
      if (found === undefined) {
        const near = closest(target, [...evaluated.keys()]);
        const remedy = near === null ? 'Name one of the targets under `to`.' : `Did you mean ${near}?`;
        findings.push(wrong(at, `The connector does not write to ${target}.`, remedy));
      } else {
        findings.push(...differences(found, expected, mapping.attributes.get(target) ?? [], at));
      }
    }
  }
  return findings;
};

const remedy = 'Correct the mapping, or the example if it expects the wrong thing.';

const differences = (
  found: TargetEvaluation,
  expected: Expected,
  mapped: readonly AttributeId[],
  place: Place,
): Finding[] => {
  if (typeof expected === 'string') {
    return found.kind === expected ? [] : [wrong(place, `The example is ${wordsOf(found)}, not ${expected}.`, remedy)];
  }
  if (found.kind !== 'mapped') return [wrong(place, `The example is ${wordsOf(found)}.`, remedy)];
  const keys = (['username', 'email'] as const).flatMap((by) => differentKey(found.match, by, expected[by], place));
  return [
    ...keys,
    ...Object.entries(expected.fields).flatMap(([name, wanted]) =>
      differentValue(found, `field:${name}`, wanted, mapped, [...place, 'fields', name]),
    ),
    ...Object.entries(expected.userProperties).flatMap(([name, wanted]) =>
      differentValue(found, `userProperty:${name}`, wanted, mapped, [...place, 'userProperties', name]),
    ),
  ];
};

const wordsOf = (found: TargetEvaluation): string =>
  found.kind === 'mapped' ? 'mapped' : `${found.kind} (${sentenceOf(found.reason, found.facts)})`;

type Mapped = Extract<TargetEvaluation, { kind: 'mapped' }>;

const differentKey = (match: Mapped['match'], by: MatchBy, expected: string | undefined, place: Place): Finding[] => {
  if (expected === undefined) return [];
  const values = match.filter((step) => step.by === by).flatMap((step) => step.values);
  if (values.some((value) => foldKey(value) === foldKey(expected))) return [];
  const found = values.length === 0 ? 'none' : values.map((value) => JSON.stringify(value)).join(', ');
  return [wrong([...place, by], `The ${by} to match by is ${found}, not ${JSON.stringify(expected)}.`, remedy)];
};

const differentValue = (
  { desired }: Mapped,
  attribute: AttributeId,
  expected: string | null,
  mapped: readonly AttributeId[],
  place: Place,
): Finding[] => {
  const decision = desired.get(attribute);
  if (decision === undefined) {
    const near = closest(attribute, mapped);
    return [wrong(place, `No row writes ${attribute}.`, near === null ? remedy : `Did you mean ${near}?`)];
  }
  const value = decision.do === 'set' ? decision.value : null;
  if (value === expected) return [];
  const [is, not] = [value, expected].map((one) => (one === null ? 'no value' : JSON.stringify(one)));
  return [wrong(place, `${attribute} is ${is}, not ${not}.`, remedy)];
};
