/** A secret by reference: an environment variable ATTUNE_SECRET_…, or a file below ATTUNE_SECRETS_DIR. */
export type SecretReference = { readonly env: string } | { readonly file: string };

/** Reads a secret now. Called at each use and again after a refusal, so that rotation needs no restart. */
export type ReadSecret = (reference: SecretReference) => Promise<string>;
