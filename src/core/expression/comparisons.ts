import { literalOf } from './constants.ts';
import { below, isSyntax, nodesIn, parseExpression, plainPath, type Syntax } from './syntax.ts';

/** A path compared with a literal value: by `=`, `in` a list, or `$is`. */
export type Comparison = { readonly path: string; readonly with: string | number | boolean };

/** Every such comparison of an expression; none for a text that is no expression. */
export const comparisonsIn = (text: string): readonly Comparison[] => {
  const parsed = parseExpression(text);
  return 'flaw' in parsed ? [] : allIn(parsed.syntax);
};

const allIn = (node: Syntax): Comparison[] => [...ofNode(node), ...below(node).flatMap(allIn)];

const ofNode = (node: Syntax): Comparison[] => {
  if (node.type === 'binary' && isSyntax(node.lhs) && isSyntax(node.rhs)) {
    if (node.value === '=') return compared(node.lhs, [node.rhs], true);
    if (node.value === 'in') return compared(node.lhs, membersOf(node.rhs), false);
  }
  const isIs = node.type === 'function' && isSyntax(node.procedure) && node.procedure.value === 'is';
  const [left, right] = isIs ? nodesIn(node.arguments) : [];
  return left === undefined || right === undefined ? [] : compared(left, [right], true);
};

/** The items of a list, or the one value given in its place. */
const membersOf = (node: Syntax): readonly Syntax[] =>
  node.type === 'unary' && node.value === '[' ? nodesIn(node.expressions) : [node];

const compared = (left: Syntax, right: readonly Syntax[], eitherWay: boolean): Comparison[] =>
  right.flatMap((one) => [...pairOf(left, one), ...(eitherWay ? pairOf(one, left) : [])]);

const pairOf = (left: Syntax, right: Syntax): Comparison[] => {
  const path = plainPath(left)?.join('.');
  const value = literalOf(right);
  return path === undefined || value === undefined || value === null ? [] : [{ path, with: value }];
};
