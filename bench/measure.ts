import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Bytes of living JavaScript objects: what remains after garbage is collected. */
export const livingBytes = (): number => {
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
};

/** The middle one of some numbers. */
export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Bytes in MiB, as text. */
export const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);

/** A whole number from the command line, or its default. */
export const numberOption = (args: readonly string[], name: string, otherwise: number): number => {
  const at = args.indexOf(`--${name}`);
  if (at === -1) return otherwise;
  const value = Number(args[at + 1]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} wants a whole number above 0`);
};

/** The value that so many of a hundred are at most. */
export const percentile = (numbers: readonly number[], percent: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.max(0, Math.ceil((numbers.length * percent) / 100) - 1)] ?? Number.NaN;
