import { flawsOfCalls } from './calls.ts';
import { alwaysOf, bracketed, isTruth, literalOf } from './constants.ts';
import { linearRegex } from './linear-regex.ts';
import { readsOf } from './reads.ts';
import {
  below,
  error,
  type Flaw,
  isSyntax,
  nodesIn,
  parseExpression,
  plainPath,
  type Syntax,
  warning,
} from './syntax.ts';

/**
 * What an expression is for: the whole value of a row, one value of `firstOf` or `join`, a condition (`when`, `scope`),
 * or what accounts are found by.
 */
export type Role = 'value' | 'part' | 'condition' | 'key';

/** Everything wrong or doubtful in an expression; `uses` is what its row declares for forms that hide what they read. */
export const flawsOf = (text: string, uses: readonly string[] = [], role: Role | null = null): readonly Flaw[] => {
  const parsed = parseExpression(text);
  if ('flaw' in parsed) return [parsed.flaw];
  const { syntax } = parsed;
  const { hidden, paths } = readsOf(syntax);
  const hiding: Flaw[] =
    hidden.length === 0 || uses.length > 0
      ? []
      : [
          error(
            `${hidden.join(', ')} hides which attributes the expression reads.`,
            'Name them in the expression, or list them under `uses` of the row.',
          ),
        ];
  const calls = flawsOfCalls(syntax);
  const reads = hidden.length > 0 || paths.length > 0;
  const same = calls.some(({ severity }) => severity === 'error') ? [] : sameForAll(syntax, role, reads);
  const flaws = [...hiding, ...calls, ...everyNode(syntax).flatMap(flawsOfNode), ...ofBrackets(syntax), ...same];
  const isRight = same.length === 0 && flaws.every(({ severity }) => severity === 'warning');
  return isRight ? [...flaws, ...ofResult(syntax, role)] : flaws;
};

/** What is no text: a condition in the place of a value, and an object. */
const ofResult = (syntax: Syntax, role: Role | null): Flaw[] => {
  if (role === null || role === 'condition') return [];
  if (syntax.type === 'unary' && syntax.value === '{')
    return [warning('This gives an object, not text: it fails for everybody.', 'Write the value of it alone.')];
  if (!isTruth(syntax)) return [];
  if (role === 'key') return [warning('This gives true or false, which names no account.', 'Name an attribute.')];
  const remedy = "For a text write `… ? 'yes' : 'no'`; a condition of the row stands under `when`.";
  return [warning('This gives true or false for everybody, not a value of the directory.', remedy)];
};

/** What gives everybody the same value in a place where people must be distinguished. */
const sameForAll = (syntax: Syntax, role: Role | null, reads: boolean): Flaw[] => {
  if (role === null || role === 'part') return [];
  if (role === 'condition') {
    const always = alwaysOf(syntax);
    if (always !== null) return [warning(`This is ${always} for everybody.`, 'Compare an attribute with a text.')];
    return reads ? [] : [warning('This is the same for everybody: it reads no attribute.', 'Compare an attribute.')];
  }
  if (reads) return [];
  const literal = literalOf(syntax);
  const isName = typeof literal === 'string' && /^[A-Za-z]\w*(\.\w+)*$/.test(literal);
  const meant = isName ? ` To use the attribute of that name, remove the quotes: ${literal}.` : '';
  if (role === 'key') {
    return [warning(`This matches everybody by the same value: it reads no attribute.${meant}`, 'Name an attribute.')];
  }
  return [
    warning('This gives everybody the same value: it reads no attribute.', `Write from: { constant: … }.${meant}`),
  ];
};

/** `[mail]` is a list of one here; it does no harm, and shows what was meant. */
const ofBrackets = (syntax: Syntax): Flaw[] => {
  const sides = syntax.type === 'binary' && syntax.value === '&' ? [syntax.lhs, syntax.rhs] : [];
  return [syntax, ...sides].flatMap((node) => {
    const path = isSyntax(node) ? bracketed(node) : null;
    return path === null ? [] : [warning(`[${path}] is a list with one item here.`, `Write ${path} without brackets.`)];
  });
};

const everyNode = (node: Syntax): Syntax[] => [node, ...below(node).flatMap(everyNode)];

const refused = new Map([
  ['eval', 'runs text from the directory as an expression'],
  ['now', 'gives a different value on every run'],
  ['millis', 'gives a different value on every run'],
  ['random', 'gives a different value on every run'],
  ['shuffle', 'gives a different value on every run'],
]);

const flawsOfNode = (node: Syntax): Flaw[] => {
  if (node.type === 'binary' && isSyntax(node.lhs) && isSyntax(node.rhs))
    return ofBinary(node.value, node.lhs, node.rhs);
  if (node.type === 'path') return ofPath(node);
  if (node.type === 'name' && typeof node.value === 'string' && /[\u2018\u2019\u201c\u201d\u201e]/.test(node.value)) {
    return [error(`${node.value} is read as a name.`, `Use straight quotation marks: ' or ".`)];
  }
  if (node.type === 'regex' && node.value instanceof RegExp) return ofRegex(node.value);
  const why = node.type === 'variable' && typeof node.value === 'string' ? refused.get(node.value) : undefined;
  return why === undefined ? [] : [error(`$${node.value} ${why}.`, 'Leave it out.')];
};

const ofBinary = (operator: unknown, left: Syntax, right: Syntax): Flaw[] => {
  if (operator === '+' && [left, right].some(({ type }) => type === 'string')) {
    return [error('+ only adds numbers.', 'Write & to join texts, or from: { join: […] }.')];
  }
  const paths = [left, right].map(plainPath);
  const path = paths.find((one) => one !== null)?.join('.');
  if (path === undefined) return [];
  const nothing = operator === '=' ? [left, right].map(literalOf).find((one) => one === null || one === '') : undefined;
  if (nothing !== undefined) {
    const what = nothing === null ? 'null' : 'an empty text';
    return [
      error(
        `${path} is never equal to ${what}: an attribute without a value is absent.`,
        `Write $not($exists(${path})).`,
      ),
    ];
  }
  if (operator === '+' && paths.every((one) => one !== null)) {
    return [warning(`+ only adds numbers, and ${path} may be text.`, 'Write from: { join: […] } for texts.')];
  }
  if (operator === '!=') {
    return [
      error(`!= next to ${path} is false if it has no value.`, `Write $not($is(${path}, …)) or $exists(${path}).`),
    ];
  }
  if (operator === '&') {
    return [warning(`& next to ${path} leaves it out if it has no value.`, 'Write from: { join: […] } instead.')];
  }
  if (operator === '-' && paths.every((one) => one !== null)) {
    const name = paths.map((one) => one?.join('.')).join('-');
    return [warning(`${name} is read as a subtraction.`, `For a name with a hyphen, write \`${name}\` in backquotes.`)];
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
  return [
    warning(
      `${path}[…] selects from each list separately, not from all of them together.`,
      `Write (${path})[…] for one value.`,
    ),
  ];
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
      'Look-around and back-references are not supported, because their running time has no limit; write it without them.',
    );
  }
};
