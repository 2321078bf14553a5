import { Failure } from '../core/failure.ts';

/** An answer of a worker; one that has expired before it was read has to be asked for again. */
export const asObject = (answer: unknown): object => {
  if (typeof answer === 'object' && answer !== null) return answer;
  throw new Failure('unavailable', 'The answer was no longer stored when it was read.', { remedy: 'Ask again.' });
};
