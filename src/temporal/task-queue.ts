/** The queue of all workflows and activities, the one the plain `temporal` CLI names. */
export const taskQueue = 'attune';
