import { createDirectory } from '../sandbox/world/directory.ts';
import { compileMapping } from '../src/core/mapping/compile.ts';
import type { AttributeRow, ValueFrom } from '../src/core/mapping/settings.ts';
import { createCoverage } from '../src/core/report/coverage.ts';
import type { Json, JsonObject, SourceUser } from '../src/core/values.ts';
import { type Findings, rounded } from './findings.ts';
import { median, numberOption } from './measure.ts';

const attribute = (
  userProperty: string,
  from: ValueFrom,
  transforms: AttributeRow['transforms'] = [],
): AttributeRow => ({
  userProperty,
  from,
  transforms,
  whenNoTransformApplies: 'useValue',
  whenEmpty: 'clearOurs',
  overwrite: 'always',
  whenTooLong: 'skip',
  keepOrder: false,
});

/** Eight attributes as connectors have them: paths, alternatives, joined ones, an expression, transforms. */
const rows: readonly AttributeRow[] = [
  attribute('Company', 'companyName', ['trim']),
  attribute('Title', 'jobTitle'),
  attribute('Department', 'department', [{ lookup: { values: { Research: 'R&D' } } }]),
  attribute('Cost center', 'onPremisesExtensionAttributes.extensionAttribute1', [
    { regex: { find: '^CC-(.*)$', replace: '$1' } },
  ]),
  attribute('Phone', { firstOf: ['mobilePhone', '(businessPhones)[0]'] }),
  attribute('Location', { join: ['city', 'country'], with: ', ' }),
  attribute('Employee', 'employeeId'),
  attribute('Initials', '$uppercase($substring(givenName, 0, 1) & $substring(surname, 0, 1))'),
];

const plainText = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const inner = (value: Json | undefined, name: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Reflect.get(value, name) : undefined;

/** The bare cost: the same properties read in plain JavaScript, once for each target. */
const read = (attributes: JsonObject): number => {
  const { companyName, jobTitle, department, mobilePhone, businessPhones, city, country, employeeId } = attributes;
  const cost = inner(attributes.onPremisesExtensionAttributes, 'extensionAttribute1');
  const phone = plainText(mobilePhone) || plainText(Array.isArray(businessPhones) ? businessPhones[0] : undefined);
  return (
    plainText(companyName).length +
    plainText(jobTitle).length +
    plainText(department).length +
    plainText(cost).length +
    phone.length +
    plainText(city).length +
    plainText(country).length +
    plainText(employeeId).length +
    (plainText(attributes.givenName)[0] ?? '').length +
    (plainText(attributes.surname)[0] ?? '').length
  );
};

/** Maps people to eight attributes at each of two targets, next to merely reading what the mapping reads. */
export const mapping = async (args: readonly string[]): Promise<Findings> => {
  const count = numberOption(args, 'users', 20_000);
  const people: SourceUser[] = [];
  for (const person of createDirectory(count, 1).all()) {
    people.push({ id: person.id, attributes: JSON.parse(JSON.stringify(person)) });
  }
  const rule = { maxLength: 250, unit: 'characters' } as const;
  const rules = { fields: {}, userProperty: { name: { ...rule, pattern: '.+', takes: 'any name' }, value: rule } };
  const match = [{ username: "$substringBefore(userPrincipalName, '@')" }];
  const compiled = compileMapping(
    { to: ['jira', 'wiki'].map((target) => ({ target, match, attributes: rows })) },
    { attributes: new Map(['jira', 'wiki'].map((target) => [target, rules])) },
  );
  const times = { mapped: [] as number[], counted: [] as number[], read: [] as number[] };
  let seen = 0;
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    for (const person of people) seen += (await compiled.evaluate(person)).size;
    const counting = performance.now();
    const coverage = createCoverage();
    for (const person of people) {
      for (const [target, evaluation] of await compiled.evaluate(person)) coverage.add(target, evaluation);
    }
    seen += Object.keys(coverage.of()).length;
    const between = performance.now();
    for (const { attributes } of people) seen += read(attributes) + read(attributes);
    times.mapped.push(counting - started);
    times.counted.push(between - counting);
    times.read.push(performance.now() - between);
  }
  if (seen === 0) throw new Error('nothing was mapped');
  const [mapped, counted, bare] = [median(times.mapped), median(times.counted), median(times.read)];
  const perSecond = (ms: number): number => Math.round((people.length / ms) * 1_000);
  const row = (what: string, ms: number) => ({ what, 'people/s': perSecond(ms), ratio: rounded(ms / bare) });
  return {
    bars: [],
    tables: [
      {
        title: `Mapping, ${count} people`,
        rows: [
          row('eight attributes for two targets', mapped),
          row('the same, counted for coverage', counted),
          row('the same properties read in plain JavaScript', bare),
        ],
      },
    ],
  };
};
