import jsonata, { type Expression } from 'jsonata';
import { plainLetters } from '../plain-letters.ts';
import { isList } from './present.ts';
import { isSyntax, limits } from './syntax.ts';

/** JSONata calls its functions on the evaluation under way, which some of them need. */
type Native = (this: unknown, ...parts: readonly unknown[]) => unknown;

/**
 * JSONata's functions of one text. An attribute may have several values in one directory and one in another, so here
 * they take a list as well, value by value.
 */
const ofOneText = [
  ...['uppercase', 'lowercase', 'trim', 'length', 'substring', 'substringBefore', 'substringAfter', 'contains'],
  ...['pad', 'split', 'replace', 'match', 'base64encode', 'base64decode', 'encodeUrlComponent', 'decodeUrlComponent'],
] as const;

/** A function of JSONata as it hands itself out, with the types of its parameters. */
const nativeOf = async (name: string): Promise<{ readonly run: Native; readonly types: string }> => {
  const found: unknown = await jsonata(`$${name}`).evaluate({});
  const signature = isSyntax(found) && isSyntax(found.signature) ? found.signature.definition : null;
  if (isSyntax(found) && typeof found.implementation === 'function' && typeof signature === 'string') {
    const { implementation } = found;
    return {
      run(...parts) {
        return Reflect.apply(implementation, this, parts);
      },
      types: signature,
    };
  }
  throw new Error(`JSONata has no function ${name}`);
};

/** Where a list was given for one text: any of them, or all results in one list. */
const together: Readonly<Record<string, (results: readonly unknown[]) => unknown>> = {
  contains: (results) => results.some((result) => result === true),
};
const inOneList = (results: readonly unknown[]): unknown => {
  const found = results.flat().filter((one) => one !== undefined);
  return found.length === 0 ? undefined : found;
};

const overLists = (name: string, run: Native): Native =>
  async function (text, ...rest) {
    if (!isList(text)) return run.call(this, text, ...rest);
    if (text.some((one) => typeof one !== 'string')) throw { code: 'T0410' };
    // One after the other: the matches of a regular expression are found by one search that remembers its place.
    const results: unknown[] = [];
    for (const one of text) results.push(await run.call(this, one, ...rest));
    return (together[name] ?? inOneList)(results);
  };

/** `$pad` with a bound on its width, which may come from the directory. */
const boundedPad = (run: Native): Native =>
  function (text, width, fill) {
    if (typeof width === 'number' && Math.abs(width) > limits.sequence) throw { code: 'D2015' };
    return run.call(this, text, width, fill);
  };

/** `$is(a, b)`: equality that takes "no value" for a value of its own. */
const is = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** `$ascii(text)`, `$ascii(text, 'german')`: the letters a to z, as the transform gives them. */
const ascii: Native = (text, umlauts) => {
  if (typeof text !== 'string') return undefined;
  if (umlauts !== undefined && umlauts !== 'german' && umlauts !== 'plain') throw { code: 'T0410' };
  return plainLetters(text, umlauts);
};

const own: readonly { readonly name: string; readonly run: Native; readonly types: string | undefined }[] = [
  { name: 'is', run: is, types: undefined },
  { name: 'ascii', run: overLists('ascii', ascii), types: '<(sa)-s?:x>' },
  ...(await Promise.all(
    ofOneText.map(async (name) => {
      const { run, types } = await nativeOf(name);
      const bounded = name === 'pad' ? boundedPad(run) : run;
      return { name, run: overLists(name, bounded), types: types.replace('<s-', '<(sa)-') };
    }),
  )),
];

/** Gives an expression the functions that differ here from JSONata's own. */
export const registerFunctions = (expression: Expression): void => {
  for (const { name, run, types } of own) expression.registerFunction(name, run, types);
};
