import { foldKey, type MatchBy, type MatchStep, plainKey } from '../people/match.ts';
import { clean, isBlank } from './clean.ts';
import type { MatchRow } from './settings.ts';
import { compileTexts } from './value-from.ts';
import type { WorkedOut } from './worked-out.ts';

/** One step of finding an account, ready to run; without a value its `values` are empty. */
export type CompiledMatch = {
  readonly reads: readonly string[];
  readonly find: (values: WorkedOut) => MatchStep;
};

/** Compiles a match row; values that differ in case or outer space only are one. */
export const compileMatch = (row: MatchRow): CompiledMatch => {
  const { by, texts } = partsOf(row);
  const expressions = texts.map(compileTexts);
  return {
    reads: expressions.flatMap((expression) => expression.reads),
    find: (worked) => {
      const values = new Map<string, string>();
      for (const expression of expressions) {
        for (const text of expression.texts(worked)) {
          const seen = plainKey(clean(text));
          const key = foldKey(seen);
          if (!isBlank(seen) && !values.has(key)) values.set(key, seen);
        }
      }
      return { by, values: [...values.values()] };
    },
  };
};

/** What a match row looks up, and the expressions it takes the keys from. */
export const partsOf = (row: MatchRow): { readonly by: MatchBy; readonly texts: readonly string[] } =>
  'username' in row
    ? { by: 'username', texts: typeof row.username === 'string' ? [row.username] : row.username }
    : { by: 'email', texts: typeof row.email === 'string' ? [row.email] : row.email };
