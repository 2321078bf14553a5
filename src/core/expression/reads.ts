import { knownFunctions } from './known-functions.ts';
import { below, isSyntax, nodesIn, type Syntax } from './syntax.ts';

/** What an expression reads of a person: full paths, and the forms that hide what they read. */
export type Reads = { readonly paths: readonly string[]; readonly hidden: readonly string[] };

/** Finds every attribute an expression reads from its syntax tree. */
export const readsOf = (syntax: Syntax): Reads => {
  const paths = new Set<string>();
  const hidden = new Set<string>();
  // A place is the path a node's names are relative to: '' is the person, null is a value made by the expression.
  const visit = (node: Syntax, place: string | null): void => {
    if (node.type === 'path') {
      visitPath(node, place);
      return;
    }
    if (node.type === 'wildcard') hidden.add('*');
    else if (node.type === 'descendant') hidden.add('**');
    else if (node.type === 'parent') hidden.add('%');
    else if (node.type === 'variable' && node.value === '$') hidden.add('$$');
    else if (node.type === 'variable' && node.value === '' && place === '') hidden.add('$');
    else if (place !== null && place !== '' && takesContext(node)) paths.add(place);
    for (const one of nodesIn(node.predicate)) visit(one, null);
    const named = namesNoAttribute(node) ? { procedure: undefined } : {};
    for (const one of below({ ...node, predicate: undefined, ...named })) visit(one, place);
  };
  const visitPath = (node: Syntax, start: string | null): void => {
    let place = start;
    nodesIn(node.steps).forEach((step, index) => {
      if (step.type === 'name' && typeof step.value === 'string') {
        place = place === null ? null : place === '' ? step.value : `${place}.${step.value}`;
      } else if (!(index === 0 && step.type === 'variable' && step.value === '' && start !== null)) {
        visit(step, place);
        if (step.type !== 'sort') place = null;
      }
      for (const stage of nodesIn(step.stages)) if (isSyntax(stage.expr)) visit(stage.expr, place);
      for (const one of nodesIn(step.predicate)) if (isSyntax(one.expr)) visit(one.expr, place);
    });
    if (place !== null && place !== '') paths.add(place);
    if (place === '') hidden.add('$');
    for (const one of nodesIn(node.group)) visit(one, place);
  };
  visit(syntax, '');
  return { paths: [...paths], hidden: [...hidden] };
};

/** Whether a node calls by a name without a sign, as other languages do: that is the name of no attribute. */
const namesNoAttribute = ({ type, procedure }: Syntax): boolean =>
  (type === 'function' || type === 'partial') && isSyntax(procedure) && procedure.type === 'path';

/** Whether a node takes the value before it, as `$` and `$trim()` do in `mail.$trim()`. */
const takesContext = (node: Syntax): boolean => {
  if (node.type === 'variable') return node.value === '';
  if (node.type !== 'function' || !isSyntax(node.procedure) || node.procedure.type !== 'variable') return false;
  const known = knownFunctions.get(String(node.procedure.value));
  return known !== undefined && known.leastAfterDot < known.least && nodesIn(node.arguments).length < known.most;
};
