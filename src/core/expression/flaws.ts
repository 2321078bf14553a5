import { linearRegex } from './linear-regex.ts';
import { readsOf } from './reads.ts';
import { below, type Flaw, isSyntax, nodesIn, parseExpression, plainPath, type Syntax } from './syntax.ts';

/** Everything wrong or doubtful in an expression; `uses` is what its row declares for forms that hide what they read. */
export const flawsOf = (text: string, uses: readonly string[] = []): readonly Flaw[] => {
  const parsed = parseExpression(text);
  if ('flaw' in parsed) return [parsed.flaw];
  const { hidden } = readsOf(parsed.syntax);
  const hiding: Flaw[] =
    hidden.length === 0 || uses.length > 0
      ? []
      : [
          error(
            `${hidden.join(', ')} hides which attributes are read.`,
            'Name them, or list them in `uses` of the row.',
          ),
        ];
  return [...hiding, ...everyNode(parsed.syntax).flatMap(flawsOfNode)];
};

const everyNode = (node: Syntax): Syntax[] => [node, ...below(node).flatMap(everyNode)];

const refused = new Map([
  ['eval', 'runs text of the directory as an expression'],
  ['now', 'gives another value at every run'],
  ['millis', 'gives another value at every run'],
  ['random', 'gives another value at every run'],
  ['shuffle', 'gives another value at every run'],
]);

const flawsOfNode = (node: Syntax): Flaw[] => {
  if (node.type === 'binary' && isSyntax(node.lhs) && isSyntax(node.rhs))
    return ofBinary(node.value, node.lhs, node.rhs);
  if (node.type === 'path') return ofPath(node);
  if (node.type === 'regex' && node.value instanceof RegExp) return ofRegex(node.value);
  const why = node.type === 'variable' && typeof node.value === 'string' ? refused.get(node.value) : undefined;
  return why === undefined ? [] : [error(`$${node.value} ${why}.`, 'Leave it out.')];
};

const ofBinary = (operator: unknown, left: Syntax, right: Syntax): Flaw[] => {
  const paths = [left, right].map(plainPath);
  const path = paths.find((one) => one !== null)?.join('.');
  if (path === undefined) return [];
  if (operator === '!=') {
    return [
      error(`!= beside ${path} is false when it has no value.`, `Write $not($is(${path}, …)) or $exists(${path}).`),
    ];
  }
  if (operator === '&') {
    return [warning(`& beside ${path} goes on without it when it has no value.`, 'Write from: { join: […] } instead.')];
  }
  if (operator === '-' && paths.every((one) => one !== null)) {
    const name = paths.map((one) => one?.join('.')).join('-');
    return [warning(`${name} is read as a subtraction.`, `For a name with a hyphen write \`${name}\` in backquotes.`)];
  }
  return [];
};

const ofPath = (node: Syntax): Flaw[] => {
  const steps = nodesIn(node.steps);
  const last = steps.at(-1);
  if (steps.length < 2 || last?.type !== 'name') return [];
  const numbered = nodesIn(last.stages).some((stage) => isSyntax(stage.expr) && stage.expr.type === 'number');
  if (!numbered) return [];
  const path = steps.map((step) => step.value).join('.');
  return [warning(`${path}[…] picks from each list, not from all of them.`, `Write (${path})[…] for one value.`)];
};

const ofRegex = (regex: RegExp): Flaw[] => {
  const flaw = regexFlaw(regex.source);
  return flaw === null ? [] : [flaw];
};

/** Why a regular expression cannot be used, or null. */
export const regexFlaw = (source: string): Flaw | null => {
  try {
    linearRegex(source);
    return null;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it is not valid';
    return error(
      `This regular expression cannot be used: ${reason}.`,
      'Look-around and back-references are left out because their time has no bound; write it without them.',
    );
  }
};

const error = (message: string, remedy: string): Flaw => ({ severity: 'error', message, remedy });
const warning = (message: string, remedy: string): Flaw => ({ severity: 'warning', message, remedy });
