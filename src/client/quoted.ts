/** The longest value that is shown whole on a terminal, in characters, and how much of a longer one. */
const whole = 120;
const beginning = 60;

/**
 * A value between quotation marks, since values are written by strangers and none may move the cursor; of a long one the
 * beginning and its length, which is what matters where a target takes less.
 */
export const quoted = (value: string): string => {
  const characters = [...value];
  if (characters.length <= whole) return JSON.stringify(value);
  return `${JSON.stringify(`${characters.slice(0, beginning).join('')}…`)} (${characters.length} characters)`;
};
