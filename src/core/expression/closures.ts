import type { Json } from '../values.ts';
import { bail, type Closure, compilePath, hasMore, itemOf } from './path-closure.ts';
import { isList } from './present.ts';
import { isSyntax, nodesIn, type Syntax } from './syntax.ts';

/** A function of texts and numbers whose first argument is a text; the rest were written in the expression. */
type TextFunction = (text: string, ...rest: readonly (string | number)[]) => Json | typeof bail;

/** Texts outside the basic plane are cut by characters in JSONata and by halves of them here. */
const isPlain = (text: string): boolean => !/[\ud800-\udfff]/.test(text);

/** JSONata's functions of a text, as far as people write them: https://docs.jsonata.org/string-functions. */
export const textFunctions: Readonly<Record<string, TextFunction>> = {
  lowercase: (text) => text.toLowerCase(),
  uppercase: (text) => text.toUpperCase(),
  length: (text) => (isPlain(text) ? text.length : bail),
  trim: (text) => text.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, ''),
  contains: (text, part) => (typeof part === 'string' ? text.includes(part) : bail),
  substringBefore: (text, part) => {
    const at = typeof part === 'string' ? text.indexOf(part) : -1;
    return at < 0 ? text : text.slice(0, at);
  },
  substringAfter: (text, part) => {
    const at = typeof part === 'string' ? text.indexOf(part) : -1;
    return at < 0 ? text : text.slice(at + String(part).length);
  },
  substring: (text, start, length) => {
    if (!isPlain(text) || typeof start !== 'number') return bail;
    const from = text.length + start < 0 ? 0 : start;
    if (typeof length !== 'number') return text.slice(from);
    if (length <= 0) return '';
    return text.slice(from, from >= 0 ? from + length : text.length + from + length);
  },
};

/** How many arguments each takes beside its text: at least, at most. */
const arity: Readonly<Record<string, readonly [least: number, most: number]>> = {
  contains: [1, 1],
  substringBefore: [1, 1],
  substringAfter: [1, 1],
  substring: [1, 2],
};

/**
 * Compiles the expressions people write to a synchronous function: paths, literals, comparisons, conditions, joining and
 * the functions above. Null for every other expression; what is compiled equals JSONata or gives `bail`.
 */
export const compileClosure = (node: Syntax, functions = textFunctions): Closure | null => {
  const compile = (part: unknown): Closure | null => (isSyntax(part) ? compileClosure(part, functions) : null);
  switch (node.type) {
    case 'path':
      return compilePath(node);
    case 'string':
    case 'number':
      return hasMore(node, ['type', 'value']) ? null : constant(node.value);
    case 'value':
      return typeof node.value === 'boolean' && !hasMore(node, ['type', 'value']) ? constant(node.value) : null;
    case 'block': {
      const [only, ...others] = nodesIn(node.expressions);
      const inner = others.length === 0 && !hasMore(node, ['type', 'expressions', 'predicate']) ? compile(only) : null;
      return inner === null || node.predicate === undefined ? inner : itemOf(inner, node.predicate);
    }
    case 'condition': {
      const [condition, then] = [compile(node.condition), compile(node.then)];
      const otherwise = node.else === undefined ? constant(undefined) : compile(node.else);
      if (hasMore(node, ['type', 'condition', 'then', 'else'])) return null;
      return condition === null || then === null || otherwise === null ? null : branch(condition, then, otherwise);
    }
    case 'binary': {
      const [left, right] = [compile(node.lhs), compile(node.rhs)];
      const combine = typeof node.value === 'string' ? operators[node.value] : undefined;
      if (hasMore(node, ['type', 'value', 'lhs', 'rhs'])) return null;
      return left === null || right === null || combine === undefined ? null : combine(left, right);
    }
    case 'function':
      return compileCall(node, compile, functions);
    default:
      return null;
  }
};

const constant = (value: unknown): Closure | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === undefined
    ? () => value
    : null;

/** JSONata's truth of a value; lists and objects are left to JSONata. */
const truth = (value: Json | undefined | typeof bail): boolean | typeof bail => {
  if (typeof value === 'object' || value === bail) return bail;
  return value !== undefined && Boolean(value);
};

const branch =
  (condition: Closure, then: Closure, otherwise: Closure): Closure =>
  (person) => {
    const holds = truth(condition(person));
    return holds === bail ? bail : holds ? then(person) : otherwise(person);
  };

const sameness =
  (wanted: boolean) =>
  (left: Closure, right: Closure): Closure =>
  (person) => {
    const a = left(person);
    const b = right(person);
    if (a === bail || b === bail) return bail;
    if (a === undefined || b === undefined) return false;
    if (typeof a === 'object' || typeof b === 'object') return bail;
    return (a === b) === wanted;
  };

/** `and` stops at a false value, `or` at a true one; the other side is then not evaluated. */
const decided =
  (by: boolean) =>
  (left: Closure, right: Closure): Closure =>
  (person) => {
    const first = truth(left(person));
    return first === bail || first === by ? first : truth(right(person));
  };

const joinable = (value: Json | undefined): string | typeof bail => {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : bail;
};

const operators: Readonly<Record<string, (left: Closure, right: Closure) => Closure>> = {
  '=': sameness(true),
  '!=': sameness(false),
  and: decided(false),
  or: decided(true),
  '&': (left, right) => (person) => {
    const a = left(person);
    const b = right(person);
    if (a === bail || b === bail) return bail;
    const first = joinable(a);
    const second = joinable(b);
    return first === bail || second === bail ? bail : first + second;
  },
  in: (left, right) => (person) => {
    const a = left(person);
    const b = right(person);
    if (a === bail || b === bail || typeof a === 'object') return bail;
    if (a === undefined || b === undefined) return false;
    return isList(b) ? b.includes(a) : typeof b === 'object' ? bail : a === b;
  },
};

const compileCall = (
  node: Syntax,
  compile: (part: unknown) => Closure | null,
  functions: Readonly<Record<string, TextFunction>>,
): Closure | null => {
  const { procedure } = node;
  if (!isSyntax(procedure) || procedure.type !== 'variable' || typeof procedure.value !== 'string') return null;
  if (hasMore(node, ['type', 'value', 'arguments', 'procedure'])) return null;
  const [first, ...others] = nodesIn(node.arguments);
  const argument = compile(first);
  if (argument === null) return null;
  const name = procedure.value;
  if (name === 'exists' && others.length === 0) {
    return (person) => {
      const found = argument(person);
      return found === bail ? bail : found !== undefined;
    };
  }
  if (name === 'not' && others.length === 0) {
    return (person) => {
      const found = argument(person);
      const holds = truth(found);
      return found === undefined ? undefined : holds === bail ? bail : !holds;
    };
  }
  const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const [least, most] = arity[name] ?? [0, 0];
  if (run === undefined || others.length < least || others.length > most) return null;
  const rest = others.map(({ type, value }) => {
    if (type === 'string' && typeof value === 'string') return value;
    return type === 'number' && Number.isInteger(value) ? Number(value) : null;
  });
  if (!rest.every((one) => one !== null)) return null;
  return (person) => {
    const text = argument(person);
    if (text === undefined || text === bail) return text;
    return typeof text === 'string' ? run(text, ...rest) : bail;
  };
};
