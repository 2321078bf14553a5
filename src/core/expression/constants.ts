import { isSyntax, nodesIn, plainPath, type Syntax } from './syntax.ts';

/** Whether a condition has the same result for everybody, as far as its form shows; null if it does not. */
export const alwaysOf = (node: Syntax): boolean | null => {
  if (node.type === 'block') {
    const parts = nodesIn(node.expressions);
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? alwaysOf(only) : null;
  }
  const literal = literalOf(node);
  if (literal !== undefined) return Boolean(literal);
  if (node.type === 'function') return ofNot(node);
  if (node.type !== 'binary' || !isSyntax(node.lhs) || !isSyntax(node.rhs)) return null;
  const [left, right] = [alwaysOf(node.lhs), alwaysOf(node.rhs)];
  if (node.value === 'or')
    return left === true || right === true ? true : left === false && right === false ? false : null;
  if (node.value === 'and')
    return left === false || right === false ? false : left === true && right === true ? true : null;
  if (node.value !== '=') return null;
  const [one, other] = [literalOf(node.lhs), literalOf(node.rhs)];
  // Null counts as absent, and nothing is equal to what is absent.
  if ((one === null && other !== null) || (other === null && one !== null)) return false;
  return one === undefined || other === undefined ? null : one === other;
};

const ofNot = (node: Syntax): boolean | null => {
  const [only, ...more] = nodesIn(node.arguments);
  const isNot = isSyntax(node.procedure) && node.procedure.type === 'variable' && node.procedure.value === 'not';
  const inner = isNot && more.length === 0 && only !== undefined ? alwaysOf(only) : null;
  return inner === null ? null : !inner;
};

/** The value of a literal; undefined if the node is not one. */
export const literalOf = ({ type, value }: Syntax): string | number | boolean | null | undefined => {
  if (type === 'string' || type === 'number' || type === 'value') {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
      return value;
  }
  return undefined;
};

/** The path in a list of one, as other systems write an attribute: `[mail]`. */
export const bracketed = (node: Syntax): string | null => {
  const [only, ...more] = node.type === 'unary' && node.value === '[' ? nodesIn(node.expressions) : [];
  return only === undefined || more.length > 0 ? null : (plainPath(only)?.join('.') ?? null);
};

const comparing: ReadonlySet<unknown> = new Set(['=', '!=', '<', '<=', '>', '>=', 'and', 'or', 'in']);
const deciding: ReadonlySet<unknown> = new Set(['not', 'exists', 'contains', 'boolean', 'is']);

/** Whether an expression gives true or false for whomever, as a condition does. */
export const isTruth = (node: Syntax): boolean => {
  if (node.type === 'block') {
    const last = nodesIn(node.expressions).at(-1);
    return last !== undefined && isTruth(last);
  }
  if (node.type === 'condition') return isBranchTruth(node.then) && isBranchTruth(node.else);
  if (node.type === 'apply') return isSyntax(node.rhs) && isTruth(node.rhs);
  if (node.type === 'path') {
    const last = nodesIn(node.steps).at(-1);
    return last !== undefined && last.type === 'function' && isTruth(last);
  }
  if (node.type === 'binary') return comparing.has(node.value);
  if (node.type === 'variable') return deciding.has(node.value);
  return node.type === 'function' && isSyntax(node.procedure) && deciding.has(node.procedure.value);
};

const isBranchTruth = (node: unknown): boolean =>
  isSyntax(node) && (isTruth(node) || typeof literalOf(node) === 'boolean');
