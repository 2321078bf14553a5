import type { Clock } from '../clock.ts';

/** A person as Graph shows one: its own attribute names, absent where Graph leaves one out. */
export type Person = { id: string; userPrincipalName: string; [attribute: string]: unknown };

/** An account as a product begins with it. `properties` are Jira user properties or Confluence's six fields. */
export type AccountSeed = {
  username: string;
  /** JIRAUSER10100, or the username itself for old accounts. */
  key: string;
  displayName: string;
  email: string | null;
  active: boolean;
  directory: 'internal' | 'readOnly';
  groups: string[];
  isAdmin: boolean;
  isSystemAdmin: boolean;
  properties: Record<string, string>;
};

/** What a product's stand-in is made from; `password` is that of the service account svc-attune. */
export type ProductDeps = {
  accounts: AccountSeed[];
  clock: Clock;
  password: string;
  options?: Record<string, unknown>;
};

/** The handles control has on one stand-in. */
export type Controls = {
  store(): unknown;
  /** Ends all sessions, or tokens; says how many there were. */
  expireSessions(): number;
  /** Takes the secure administrator's part from all sessions; only products have them. */
  expireWebSudo?(): number;
  configure(options: Record<string, unknown>): void;
  /** Changes to a product's accounts behind everybody's back; only products have them. */
  account?: {
    add(account: unknown): void;
    remove(username: string): boolean;
    rename(username: string, to: string): boolean;
    activate(username: string, active: boolean): void;
    set(username: string, attribute: string, value: string | null): void;
  };
};
