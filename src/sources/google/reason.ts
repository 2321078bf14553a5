import type { Answer } from '../../http/http.ts';
import { parsedText } from '../../http/read-json.ts';
import { googleError } from './schema.ts';

/** The reason an error names, or an empty text. */
export const reasonOf = (answer: Pick<Answer, 'text'>): string => {
  const parsed = googleError.safeParse(parsedText(answer.text));
  return parsed.success ? (parsed.data.error.errors[0]?.reason ?? '') : '';
};
