/** Any JSON value, as directories give them. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** The provider's immutable id of a person: the only name of a person outside the ledger. */
export type SourceId = string;

/** A full path into a source user, as an admin types it: `profile.login`, `manager.displayName`. */
export type AttributePath = string;

/**
 * A person as read from a source, after projection: `attributes` keeps the provider's own nesting and names, so that
 * paths from the provider's documentation work unchanged.
 */
export type SourceUser = { readonly id: SourceId; readonly attributes: JsonObject };
