import { fits } from '../core/mapping/fit.ts';
import { partsOf } from '../core/mapping/match.ts';
import { attributeOf, ruleOf } from '../core/mapping/row.ts';
import type { AttributeRow, TargetMapping } from '../core/mapping/settings.ts';
import type { MatchBy } from '../core/match.ts';
import type { TargetAttributes } from '../core/profile.ts';
import type { ConnectorSettings, Document } from './document.ts';
import { type Finding, type Place, wrong } from './problem.ts';
import { ofExpression, ofRow } from './row-rules.ts';

/** What a document may count on at one of its targets. */
export type TargetRules = { readonly attributes: TargetAttributes; readonly matchesBy: readonly MatchBy[] };

/** Everything that is wrong with a document beyond its shape. */
export const findingsOfDocument = (document: Document, rules: ReadonlyMap<string, TargetRules>): Finding[] =>
  document.connectors.flatMap((connector, index) => {
    const place = ['connectors', index];
    const twice = document.connectors.findIndex((one) => one.id === connector.id) < index;
    return [
      ...(twice
        ? [wrong([...place, 'id'], `There is another connector ${connector.id}.`, 'Give it a name of its own.')]
        : []),
      ...(connector.scope === undefined ? [] : ofExpression(connector.scope, [...place, 'scope'])),
      ...ofTargets(connector, place, rules),
    ];
  });

const ofTargets = (connector: ConnectorSettings, above: Place, rules: ReadonlyMap<string, TargetRules>): Finding[] =>
  connector.to.flatMap((to, index) => {
    const place = [...above, 'to', index];
    const rule = rules.get(to.target);
    const at = [...place, 'target'];
    if (rule === undefined) {
      const known = [...rules.keys()].join(', ');
      return [wrong(at, `There is no target ${to.target}.`, `Name one of: ${known}; or add it under targets.`)];
    }
    const twice = connector.to.findIndex((one) => one.target === to.target) < index;
    return [
      ...(twice ? [wrong(at, `${to.target} is written to twice.`, 'Put its rows under one entry.')] : []),
      ...(to.scope === undefined ? [] : ofExpression(to.scope, [...place, 'scope'])),
      ...ofMatch(to, place, rule.matchesBy),
      ...ofRows(to, place, rule.attributes),
    ];
  });

const ofMatch = (to: TargetMapping, above: Place, matchesBy: readonly MatchBy[]): Finding[] =>
  to.match.flatMap((row, index) => {
    const { by, texts } = partsOf(row);
    const place = [...above, 'match', index, by];
    const refused = matchesBy.includes(by)
      ? []
      : [wrong(place, `${to.target} cannot find accounts by ${by}.`, `Match by ${matchesBy.join(' or ')}.`)];
    const list =
      typeof (by === 'username' && 'username' in row ? row.username : 'email' in row ? row.email : '') !== 'string';
    return [...refused, ...texts.flatMap((text, at) => ofExpression(text, list ? [...place, at] : place))];
  });

const ofRows = (to: TargetMapping, above: Place, attributes: TargetAttributes): Finding[] => {
  const decided = new Set<string>();
  return to.attributes.flatMap((row, index) => {
    const place = [...above, 'attributes', index];
    const attribute = attributeOf(row);
    const unreachable = decided.has(attribute);
    if (row.when === undefined) decided.add(attribute);
    return [
      ...(unreachable
        ? [
            wrong(
              place,
              `No person ever reaches this row of ${attribute}.`,
              'Give the row above a `when`, or remove one.',
            ),
          ]
        : []),
      ...ofAttribute(to.target, row, place, attributes),
      ...ofRow(row, place),
    ];
  });
};

const ofAttribute = (target: string, row: AttributeRow, place: Place, attributes: TargetAttributes): Finding[] => {
  const rule = ruleOf(row, attributes);
  if (rule === null) {
    const fields = Object.keys(attributes.fields);
    const offer = [
      ...(fields.length > 0 ? [`field: ${fields.join(' | ')}`] : []),
      ...(attributes.userProperty ? ['userProperty'] : []),
    ];
    const at = [...place, row.field === undefined ? 'userProperty' : 'field'];
    return [wrong(at, `${target} has no ${row.field ?? 'user properties'}.`, `It has ${offer.join(' and ')}.`)];
  }
  const findings: Finding[] = [];
  const name = attributes.userProperty?.name;
  if (row.userProperty !== undefined && name !== undefined) {
    if (!fits(row.userProperty, name) || !new RegExp(name.pattern, 'u').test(row.userProperty)) {
      const remedy = `Use at most ${name.maxLength} ${name.unit} that match ${name.pattern}.`;
      findings.push(wrong([...place, 'userProperty'], `${target} takes no user property of this name.`, remedy));
    }
  }
  if (typeof row.from === 'object' && 'constant' in row.from && !fits(row.from.constant, rule)) {
    const remedy = `It holds ${rule.maxLength} ${rule.unit}.`;
    findings.push(wrong([...place, 'from', 'constant'], `This constant is too long for ${target}.`, remedy));
  }
  return findings;
};
