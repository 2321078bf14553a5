import { closest } from '../../core/closest.ts';
import { isSyntax, nodesIn, parseExpression } from '../../core/expression/syntax.ts';
import type { Shape, Shapes } from '../../core/shapes.ts';
import { doubtful, type Finding, type Place } from '../problem.ts';

/** What is known of the attributes of a kind of directory: all of them, and those that are no single text. */
export type Known = { readonly usualPaths: readonly string[]; readonly shapes: Shapes };

/** The doubt about a path below an attribute that has nothing below it, or no such part; null if there is none. */
export const doubtOfPart = (path: string, { usualPaths, shapes }: Known): Omit<Finding, 'place'> | null => {
  const own = path.replace(/^manager\./, '');
  const before = path.slice(0, path.length - own.length);
  const names = own.split('.');
  const above = names.slice(1).map((_, index) => names.slice(0, index + 1).join('.'));
  for (const [index, upper] of above.entries()) {
    const shape = shapes.get(upper);
    const whole = before + upper;
    if (shape === undefined) {
      if (!usualPaths.includes(upper)) continue;
      return said(`${whole} has no parts, so nobody has ${path}.`, `Write ${whole}.`);
    }
    if (shape.parts === null) return null;
    if (shape.parts.length === 0) return said(`${whole} is a list of texts, so nobody has ${path}.`, `Write ${whole}.`);
    const part = names[index + 1] ?? '';
    if (shape.parts.includes(part)) {
      const below = names.length > index + 2;
      return below ? said(`${whole}.${part} has no parts, so nobody has ${path}.`, `Write ${whole}.${part}.`) : null;
    }
    const near = closest(part, shape.parts);
    const meant = near === null ? `It has: ${shape.parts.join(', ')}.` : `Did you mean ${whole}.${near}?`;
    return said(`${whole} has no part ${part}.`, meant);
  }
  return null;
};

/** The doubt about an expression that is an object, or a list of them, and so no value of anybody. */
export const doubtsOfWhole = (text: string, place: Place, { shapes }: Known): Finding[] => {
  const path = pathOf(text);
  const shape = shapes.get(path?.replace(/^manager\./, '') ?? '');
  if (path === null || shape === undefined || shape.parts?.length === 0) return [];
  const what = shape.list ? 'a list of objects' : 'an object';
  return [doubtful(place, `${path} is ${what}, not text: it fails for everybody who has one.`, remedyFor(path, shape))];
};

const remedyFor = (path: string, { parts, list }: Shape): string => {
  const [part] = parts ?? [];
  if (part === undefined) return 'Name one of its parts.';
  const one = parts?.includes('primary') ? '[primary]' : parts?.includes('type') ? "[type='work']" : '[0]';
  return `Name one of its parts, such as ${path}${list ? one : ''}.${part}.`;
};

/** The path that an expression is as a whole, without what selects from its lists; null for any other expression. */
const pathOf = (text: string): string | null => {
  const parsed = parseExpression(text);
  if ('flaw' in parsed || !isSyntax(parsed.syntax) || parsed.syntax.type !== 'path') return null;
  if (parsed.syntax.group !== undefined) return null;
  const steps = nodesIn(parsed.syntax.steps);
  return steps.every(({ type }) => type === 'name') ? steps.map(({ value }) => String(value)).join('.') : null;
};

const said = (message: string, remedy: string): Omit<Finding, 'place'> => ({ severity: 'warning', message, remedy });
