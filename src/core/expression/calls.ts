import { closest } from '../closest.ts';
import { insteadOf, knownFunctions, type Parameters } from './known-functions.ts';
import { below, error, type Flaw, isSyntax, nodesIn, type Syntax } from './syntax.ts';

/** The context of a node: the names bound there, and whether its value is the person or the value before a dot. */
type Standing = { readonly bound: ReadonlySet<string>; readonly afterDot: boolean };

/**
 * Calls that would fail for every person: of functions there are none of, with too few or too many arguments or with
 * one of the wrong kind, and variables that nothing gives a value.
 */
export const flawsOfCalls = (syntax: Syntax): readonly Flaw[] => visit(syntax, { bound: new Set(), afterDot: false });

const visit = (node: Syntax, at: Standing): Flaw[] => {
  const behind = { ...at, afterDot: true };
  switch (node.type) {
    case 'block':
      return visitBlock(node, at);
    case 'lambda': {
      const bound = nodesIn(node.arguments).reduce<ReadonlySet<string>>(withName, at.bound);
      return visitAll([node.body], { ...at, bound });
    }
    case 'bind':
      return visitAll([node.rhs], { ...at, bound: withName(at.bound, node.lhs) });
    case 'path':
      return visitPath(node, at);
    case 'function':
    case 'partial':
      return visitCall(node, at, 0);
    case 'apply':
      return [
        ...visitAll([node.lhs], at),
        ...(isSyntax(node.rhs) && node.rhs.type === 'function' ? visitCall(node.rhs, at, 1) : visitAll([node.rhs], at)),
      ];
    default:
      return [
        ...(node.type === 'variable' ? ofVariable(node, at) : []),
        ...visitAll(node.predicate, behind),
        ...visitAll(below({ ...node, predicate: undefined }), at),
      ];
  }
};

const visitAll = (nodes: unknown, at: Standing): Flaw[] => nodesIn(nodes).flatMap((node) => visit(node, at));

const visitBlock = (node: Syntax, at: Standing): Flaw[] => {
  let { bound } = at;
  return nodesIn(node.expressions).flatMap((one) => {
    const flaws = visit(one, { ...at, bound });
    if (one.type === 'bind') bound = withName(bound, one.lhs);
    return flaws;
  });
};

const visitPath = (node: Syntax, at: Standing): Flaw[] => {
  let { bound } = at;
  const flaws = nodesIn(node.steps).flatMap((step, index) => {
    for (const name of [step.focus, step.index]) if (typeof name === 'string') bound = new Set([...bound, name]);
    if (step.type === 'name') return visitAll(below(step), { bound, afterDot: true });
    return visit(step, { bound, afterDot: at.afterDot || index > 0 });
  });
  return [...flaws, ...visitAll(node.group, { bound, afterDot: true })];
};

/** A call; `before` counts the values that `~>` puts before those written. */
const visitCall = (node: Syntax, at: Standing, before: number): Flaw[] => {
  const given = nodesIn(node.arguments);
  return [
    ...ofProcedure(node, given, at, before),
    ...visitAll(given, at),
    ...visitAll(node.predicate, { ...at, afterDot: true }),
  ];
};

const ofProcedure = (node: Syntax, given: readonly Syntax[], at: Standing, before: number): Flaw[] => {
  const { procedure } = node;
  if (!isSyntax(procedure)) return [];
  if (procedure.type === 'path') return [ofPathCall(procedure)];
  const name = procedure.type === 'variable' && typeof procedure.value === 'string' ? procedure.value : null;
  if (name === null || at.bound.has(name)) return visit(procedure, at);
  return ofCall(name, given, before, node, at);
};

const withName = (bound: ReadonlySet<string>, node: unknown): ReadonlySet<string> =>
  isSyntax(node) && typeof node.value === 'string' ? new Set([...bound, node.value]) : bound;

const ofVariable = ({ value }: Syntax, { bound }: Standing): Flaw[] => {
  if (typeof value !== 'string' || value === '' || value === '$' || bound.has(value) || knownFunctions.has(value))
    return [];
  const instead = insteadOf(value) ?? `An attribute is written without the $ sign: ${value}.`;
  return [error(`$${value} is never given a value.`, instead)];
};

/** A name before a bracket that is no function of ours: those have a $ before them. */
const ofPathCall = (procedure: Syntax): Flaw => {
  const name = nodesIn(procedure.steps)
    .map((step) => String(step.value))
    .join('.');
  const last = name.slice(name.lastIndexOf('.') + 1);
  const instead = insteadOf(last) ?? 'Functions begin with $, such as $lowercase(mail).';
  return error(`There is no function ${name}.`, instead);
};

const ofCall = (name: string, given: readonly Syntax[], before: number, node: Syntax, at: Standing): Flaw[] => {
  const known = knownFunctions.get(name);
  if (known === undefined) return [error(`There is no function $${name}.`, insteadOf(name) ?? nearest(name))];
  const count = given.length + before;
  const { most } = known;
  const least = at.afterDot ? known.leastAfterDot : known.least;
  if (node.type !== 'partial' && (count < least || count > most)) {
    const upTo = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
    const values = most === 1 && least === 1 ? 'value' : 'values';
    const message = `$${name} takes ${least === most ? least : upTo} ${values}, not ${count}.`;
    return [error(message, `Write ${sample(name)}.`)];
  }
  // After a dot the first may be omitted, so that the others move one position to the left.
  const shifts = at.afterDot ? [0, known.least - known.leastAfterDot] : [0];
  const wrongs = shifts
    .filter((shift) => count + shift >= known.least && count + shift <= most)
    .map((shift) => given.findIndex((one, index) => !takes(known, index + before + shift, one)));
  const [first] = wrongs;
  if (first === undefined || wrongs.includes(-1)) return [];
  const what = given[first]?.type === 'string' ? 'a text' : 'a number';
  return [error(`$${name} does not take ${what} as value ${first + 1 + before}.`, `Write ${sample(name)}.`)];
};

/** Whether a parameter accepts a value, as far as the value is a literal in the expression. */
const takes = ({ types }: Parameters, index: number, { type }: Syntax): boolean => {
  const kind = type === 'string' ? 's' : type === 'number' ? 'n' : null;
  const taken = types[Math.min(index, types.length - 1)] ?? 'x';
  return kind === null || [...taken].some((letter) => letter === kind || 'xja'.includes(letter));
};

/** How a function is called, where its name and the count of its values do not say enough. */
const samples: Readonly<Record<string, string>> = {
  substring: '$substring(mail, 0, 3)',
  substringBefore: "$substringBefore(mail, '@')",
  substringAfter: "$substringAfter(mail, '@')",
  contains: "$contains(mail, 'acme')",
  replace: "$replace(mail, 'a', 'b')",
  split: "$split(mail, '@')",
  join: "$join(otherMails, ', ')",
  pad: "$pad(employeeId, -6, '0')",
  match: '$match(mail, /@.*/)',
  is: '$is(department, manager.department)',
  map: '$map(otherMails, $lowercase)',
  filter: "$filter(otherMails, function($one) { $contains($one, 'acme') })",
};

const sample = (name: string): string => samples[name] ?? `$${name}(mail)`;

const nearest = (name: string): string => {
  const near = closest(name, [...knownFunctions.keys()]);
  return near === null ? 'docs/mapping.md lists the available functions.' : `Did you mean $${near}?`;
};
