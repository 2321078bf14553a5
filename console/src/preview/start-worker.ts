import workerUrl from './worker.ts?worker&url';

/**
 * Trusted Types: the one address this page may start a program from. The policy takes no other, so that nothing else on
 * the page can make it start one.
 */
type Policy = { readonly createScriptURL: (address: string) => string };

const policy: Policy | undefined = (
  globalThis as unknown as {
    trustedTypes?: { createPolicy: (name: string, rules: Policy) => Policy };
  }
).trustedTypes?.createPolicy('attune', {
  createScriptURL: (address) => {
    if (address === workerUrl) return address;
    throw new TypeError('no program of this console');
  },
});

/** Starts the program that runs mappings beside the page. */
export const startWorker = (): Worker =>
  new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module' });
