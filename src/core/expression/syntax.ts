import jsonata from 'jsonata';
import { foreignForm } from './foreign-forms.ts';

/** A node of an expression's syntax tree, taken as it comes: JSONata's own types leave out half of what it builds. */
export type Syntax = { readonly [name: string]: unknown };

/** The limits of one evaluation: directory data must not be able to slow a run or to fill its memory. */
export const limits = { timeout: 1_000, stack: 200, sequence: 10_000 } as const;

/** What is wrong with an expression, and what to write instead. */
export type Flaw = { readonly severity: 'error' | 'warning'; readonly message: string; readonly remedy: string };

/** The syntax tree of an expression, or why there is none. */
export const parseExpression = (text: string): { readonly syntax: Syntax } | { readonly flaw: Flaw } => {
  try {
    const syntax: unknown = jsonata(text).ast();
    if (isSyntax(syntax)) return { syntax };
  } catch (error) {
    return { flaw: broken(text, isSyntax(error) ? error : {}) };
  }
  return { flaw: broken(text, {}) };
};

/** Tells a node, or any other object, from lists and plain values. */
export const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The nodes below a node, in no particular order. */
export const below = (node: Syntax): Syntax[] =>
  Object.entries(node).flatMap(([name, value]) => (name === 'slot' || name === 'ancestor' ? [] : nodesIn(value)));

/** The nodes of a part of a tree, which may be one node or lists of them. */
export const nodesIn = (value: unknown): Syntax[] => {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isSyntax(value) && !(value instanceof RegExp) ? [value] : [];
};

/** Whether a node is a path of names alone, such as `manager.displayName`; then these names. */
export const plainPath = (node: Syntax): readonly string[] | null => {
  if (node.type !== 'path' || Object.keys(node).some((key) => key !== 'type' && key !== 'steps')) return null;
  const names = nodesIn(node.steps).map((step) =>
    step.type === 'name' &&
    typeof step.value === 'string' &&
    Object.keys(step).every((key) => ['type', 'value', 'position'].includes(key))
      ? step.value
      : null,
  );
  return names.every((name) => name !== null) ? names : null;
};

const broken = (text: string, { message, position }: Syntax): Flaw => {
  const simplest = 'A path such as companyName is the simplest expression.';
  const where = typeof position === 'number' ? `Look at character ${position}. ${simplest}` : simplest;
  const what = typeof message === 'string' ? `: ${message.replace(/[.]?$/, '.')}` : '.';
  return error(`This is not an expression${what}`, foreignForm(text) ?? where);
};

/** A flaw that keeps an expression from being used. */
export const error = (message: string, remedy: string): Flaw => ({ severity: 'error', message, remedy });

/** A flaw to be looked at. */
export const warning = (message: string, remedy: string): Flaw => ({ severity: 'warning', message, remedy });
