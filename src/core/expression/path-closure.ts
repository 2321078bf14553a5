import type { Json } from '../values.ts';
import { isList } from './present.ts';
import { isSyntax, nodesIn, type Syntax } from './syntax.ts';

/**
 * What a closure gives where it does not know JSONata's answer for certain (a list where a text is expected, say): the
 * expression is then evaluated by JSONata itself.
 */
export const bail = Symbol('worked out by JSONata');

/** A part of an expression as a function of the person; synchronous, without a promise for each step. */
export type Closure = (person: Json | undefined) => Json | undefined | typeof bail;

/** One name of a path, and what is kept of a list found there: one item, or those whose `key` equals `value`. */
type Step = {
  readonly name: string;
  readonly index: number | null;
  readonly equal: { readonly key: string; readonly value: string } | null;
};

type PlainObject = { readonly [name: string]: Json };

/** Compiles a path of names, such as `manager.displayName`, `businessPhones[0]` or `phones[type='work'].value`. */
export const compilePath = (node: Syntax): Closure | null => {
  if (hasMore(node, ['type', 'steps'])) return null;
  const steps = nodesIn(node.steps).map(stepOf);
  return steps.every((step) => step !== null) ? (person) => walk(person, steps, 0) : null;
};

/** Compiles the item of a list by its place, `(businessPhones)[0]`, given what comes before the bracket. */
export const itemOf = (list: Closure, predicate: unknown): Closure | null => {
  const [only, ...others] = nodesIn(predicate);
  const index = only === undefined || others.length > 0 ? null : indexOf(only);
  if (index === null) return null;
  return (person) => {
    const found = list(person);
    return found === bail || found === undefined ? found : pick(found, index);
  };
};

/** Whether a node says more than these properties, so that its meaning is not known here. */
export const hasMore = (node: Syntax, known: readonly string[]): boolean =>
  Object.entries(node).some(([key, value]) => value !== undefined && key !== 'position' && !known.includes(key));

const stepOf = (node: Syntax): Step | null => {
  const { value: name, stages } = node;
  if (node.type !== 'name' || typeof name !== 'string' || hasMore(node, ['type', 'value', 'stages'])) return null;
  const [stage, ...others] = nodesIn(stages);
  if (stage === undefined) return { name, index: null, equal: null };
  if (others.length > 0) return null;
  const index = indexOf(stage);
  if (index !== null) return { name, index, equal: null };
  const equal = equalOf(stage);
  return equal === null ? null : { name, index: null, equal };
};

const indexOf = ({ type, expr }: Syntax): number | null =>
  type === 'filter' && isSyntax(expr) && expr.type === 'number' && Number.isInteger(expr.value)
    ? Number(expr.value)
    : null;

const equalOf = ({ type, expr }: Syntax): Step['equal'] => {
  if (type !== 'filter' || !isSyntax(expr) || expr.type !== 'binary' || expr.value !== '=') return null;
  const { lhs, rhs } = expr;
  if (!isSyntax(lhs) || !isSyntax(rhs) || rhs.type !== 'string' || typeof rhs.value !== 'string') return null;
  const [only, ...others] = nodesIn(lhs.steps);
  const isName =
    lhs.type === 'path' && others.length === 0 && only?.type === 'name' && !hasMore(only, ['type', 'value']);
  return isName && typeof only.value === 'string' ? { key: only.value, value: rhs.value } : null;
};

const walk = (value: Json | undefined, steps: readonly Step[], at: number): Json | undefined | typeof bail => {
  let current = value;
  for (let place = at; place < steps.length; place += 1) {
    const step = steps[place];
    if (step === undefined || isList(current)) return bail;
    const found = isObject(current) ? own(current, step.name) : undefined;
    if (found === undefined) return undefined;
    if (step.index !== null) {
      const picked = pick(found, step.index);
      if (picked === bail || picked === undefined) return picked;
      current = picked;
    } else if (step.equal !== null) {
      return each(isList(found) ? found : [found], step.equal, steps, place + 1);
    } else if (isList(found) && place < steps.length - 1) {
      return each(found, null, steps, place + 1);
    } else current = found;
  }
  return current;
};

/** The rest of a path for each object of a list: nothing, one value, or the values in a list, as JSONata gives them. */
const each = (
  items: readonly Json[],
  equal: Step['equal'],
  steps: readonly Step[],
  at: number,
): Json | undefined | typeof bail => {
  const results: Json[] = [];
  for (const item of items) {
    if (!isObject(item)) return bail;
    if (equal !== null) {
      const key = own(item, equal.key);
      if (typeof key === 'object') return bail;
      if (key !== equal.value) continue;
    }
    const found = walk(item, steps, at);
    if (found === bail || isList(found)) return bail;
    if (found !== undefined) results.push(found);
  }
  return results.length > 1 ? results : results[0];
};

const pick = (found: Json, index: number): Json | undefined | typeof bail => {
  if (!isList(found)) return index === 0 || index === -1 ? found : undefined;
  const item = found[index < 0 ? found.length + index : index];
  return isList(item) ? bail : item;
};

const own = (object: PlainObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const isObject = (value: Json | undefined): value is PlainObject =>
  typeof value === 'object' && value !== null && !isList(value);
