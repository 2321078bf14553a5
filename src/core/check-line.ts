/**
 * One line of `attune check`: what was looked at, whether it is as a run needs it, what was found, and what to do
 * when it is not. It holds no personal value.
 */
export type CheckLine = {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy?: string;
};
