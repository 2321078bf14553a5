import { readsOf } from './reads.ts';
import { below, isSyntax, parseExpression, plainPath, type Syntax } from './syntax.ts';

/** The paths an expression reads; none for a text that is no expression. */
export const pathsOf = (text: string): readonly string[] => {
  const parsed = parseExpression(text);
  return 'flaw' in parsed ? [] : readsOf(parsed.syntax).paths;
};

/** The groups an expression asks for by name, as in `'engineering' in groups`. */
export const groupsNamed = (text: string): readonly string[] => {
  const parsed = parseExpression(text);
  return 'flaw' in parsed ? [] : namedIn(parsed.syntax);
};

const namedIn = (node: Syntax): string[] => {
  const { type, value, lhs, rhs } = node;
  const asksGroups = type === 'binary' && value === 'in' && isSyntax(rhs) && plainPath(rhs)?.join('.') === 'groups';
  const own = asksGroups && isSyntax(lhs) && lhs.type === 'string' && typeof lhs.value === 'string' ? [lhs.value] : [];
  return [...own, ...below(node).flatMap(namedIn)];
};
