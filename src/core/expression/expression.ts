import jsonata from 'jsonata';
import { Failure } from '../failure.ts';
import type { Json } from '../values.ts';
import { compileClosure } from './closures.ts';
import { registerFunctions } from './functions.ts';
import { linearRegexEngine } from './linear-regex.ts';
import type { Closure } from './path-closure.ts';
import { isList } from './present.ts';
import { readsOf } from './reads.ts';
import { limits, parseExpression, plainPath } from './syntax.ts';

/** An expression ready to run over people. Both functions want a value made by `present`. */
export type Expression = {
  readonly text: string;
  readonly reads: readonly string[];
  /** Gives the value at once, or `bail` where only JSONata knows it; null for an expression that is JSONata's alone. */
  readonly now: Closure | null;
  /** By JSONata; may reject. */
  readonly evaluate: (person: Json | undefined) => Promise<unknown>;
};

/** Compiles an expression once; throws `config` when it is none. */
export const compileExpression = (text: string): Expression => {
  const parsed = parseExpression(text);
  if ('flaw' in parsed) throw new Failure('config', parsed.flaw.message, { remedy: parsed.flaw.remedy });
  const reads = readsOf(parsed.syntax).paths;
  const names = plainPath(parsed.syntax);
  if (names !== null)
    return { text, reads, now: (person) => walk(person, names), evaluate: async (person) => walk(person, names) };
  const compiled = jsonata(text, { ...limits, RegexEngine: linearRegexEngine });
  registerFunctions(compiled);
  return { text, reads, now: compileClosure(parsed.syntax), evaluate: (person) => compiled.evaluate(person) };
};

/** A path of names without JSONata: most rows are one, and its evaluation costs many times as much. */
const walk = (value: Json | undefined, names: readonly string[]): Json | undefined => {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  if (isList(value)) {
    const found = value.flatMap((item) => walk(item, names) ?? []);
    return found.length === 0 ? undefined : found;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return walk(value[name], rest);
};
