import type { AttributeRow, TargetMapping } from '../../../../src/core/mapping/settings.ts';
import type { Definition } from '../../api/connectors.ts';
import { attributeOf } from '../../text/rows.ts';

export type Side = 'mine' | 'stored';

/** One place of a definition in three versions, each as JSON; null where it does not stand. */
export type Part = {
  readonly place: string;
  readonly was: string | null;
  readonly mine: string | null;
  readonly stored: string | null;
};

/** The places where either side differs from what both began with: rows by their attribute, all else by its name. */
export const threeWay = (was: Definition, mine: Definition, stored: Definition): readonly Part[] => {
  const [a, b, c] = [partsOf(was), partsOf(mine), partsOf(stored)];
  return [...new Set([...a.keys(), ...c.keys(), ...b.keys()])].flatMap((place) => {
    const part = { place, was: a.get(place) ?? null, mine: b.get(place) ?? null, stored: c.get(place) ?? null };
    return part.mine === part.was && part.stored === part.was ? [] : [part];
  });
};

/** The places both sides changed, each in its own way. */
export const conflicts = (parts: readonly Part[]): readonly Part[] =>
  parts.filter(({ was, mine, stored }) => mine !== was && stored !== was && mine !== stored);

/** What is stored with the places of mine in it: all that only I changed, and those decided for me. */
export const merged = (
  stored: Definition,
  parts: readonly Part[],
  sides: Readonly<Record<string, Side>>,
): Definition => {
  const undecided = new Set(conflicts(parts).map(({ place }) => place));
  return parts.reduce((definition, { place, was, mine }) => {
    const takesMine = undecided.has(place) ? sides[place] === 'mine' : mine !== was;
    return takesMine ? withPart(definition, place, mine) : definition;
  }, stored);
};

const partsOf = ({ connector, targets }: Definition): ReadonlyMap<string, string> => {
  const { to, ...rest } = connector;
  const parts = new Map<string, string>();
  for (const [name, value] of Object.entries(rest)) parts.set(name, text(value));
  for (const [name, value] of Object.entries(targets)) parts.set(`targets.${name}`, text(value));
  for (const target of to) {
    const { attributes, ...own } = target;
    for (const [name, value] of Object.entries(own)) {
      if (name !== 'target') parts.set(`${target.target}: ${name}`, text(value));
    }
    for (const [place, row] of placed(target)) parts.set(place, text(row));
  }
  return parts;
};

/** The rows of a target by their attribute, and by their number among the rows of that attribute. */
const placed = ({ target, attributes }: TargetMapping): readonly (readonly [string, AttributeRow])[] => {
  const seen = new Map<string, number>();
  return attributes.map((row) => {
    const attribute = attributeOf(row);
    const number = (seen.get(attribute) ?? 0) + 1;
    seen.set(attribute, number);
    return [`${target} / ${attribute}${number === 1 ? '' : ` (${number})`}`, row] as const;
  });
};

const withPart = (definition: Definition, place: string, json: string | null): Definition => {
  const { connector, targets } = definition;
  const value = json === null ? undefined : JSON.parse(json);
  if (place.startsWith('targets.')) {
    const name = place.slice('targets.'.length);
    return { ...definition, targets: without(targets, name, value) };
  }
  const to = connector.to.find((one) => place.startsWith(`${one.target} / `) || place.startsWith(`${one.target}: `));
  if (to === undefined)
    return {
      ...definition,
      connector: {
        ...without(connector, place, value),
        to: connector.to,
        id: connector.id,
        source: place === 'source' ? value : connector.source,
      },
    };
  const next = place.startsWith(`${to.target}: `)
    ? {
        ...without(to, place.slice(to.target.length + 2), value),
        target: to.target,
        match: place === `${to.target}: match` ? value : to.match,
        attributes: to.attributes,
      }
    : { ...to, attributes: rowsWith(to, place, value) };
  return { ...definition, connector: { ...connector, to: connector.to.map((one) => (one === to ? next : one)) } };
};

const rowsWith = (to: TargetMapping, place: string, row: AttributeRow | undefined): readonly AttributeRow[] => {
  const all = placed(to);
  if (row === undefined) return all.filter(([name]) => name !== place).map(([, one]) => one);
  if (all.some(([name]) => name === place)) return all.map(([name, one]) => (name === place ? row : one));
  return [...to.attributes, row];
};

const without = <T extends object>(all: T, name: string, value: unknown): T => {
  const entries = Object.entries(all).filter(([one]) => one !== name);
  return Object.fromEntries(value === undefined ? entries : [...entries, [name, value]]) as T;
};

/** JSON with its names in order, so that the same thing reads the same. */
const text = (value: unknown): string => JSON.stringify(value, (_name, one) => (isObject(one) ? sorted(one) : one));

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
