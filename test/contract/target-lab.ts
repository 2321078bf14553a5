import type { TargetName } from '../../sandbox/services.ts';
import type { Call } from '../../src/core/call.ts';
import type { AttributeId } from '../../src/core/profile.ts';
import type { Account, Target } from '../../src/targets/target.ts';

/** Somebody a product knows before a test begins. */
export type Seed = {
  readonly username: string;
  readonly fullName: string;
  readonly email: string;
  readonly held: Readonly<Record<string, string>>;
};

/** A product with one target opened on it, and the means to look behind it. */
export type TargetLab = {
  readonly target: Target;
  readonly account: (username: string) => Account;
  /** What the product holds for an account, read past its pages: attributes by their name, and who it is. */
  readonly holds: (username: string) => { fullName: string; email: string; held: Readonly<Record<string, string>> };
  /** Somebody edits by hand. */
  readonly edit: (username: string, name: string, value: string | null) => Promise<void>;
  /** The account is renamed, and its former name given to somebody new who holds this. */
  readonly passOn: (username: string, to: string, held: Readonly<Record<string, string>>) => Promise<void>;
  /** The account is switched off, or on again. */
  readonly deactivate: (username: string, off: boolean) => Promise<void>;
  /** Every session ends. */
  readonly expireSessions: () => void;
  /** HTTP requests the product has seen. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
};

/** One member of the family, as the contract suite meets it. */
export type TargetMember = {
  readonly name: string;
  /** The target's kind and its store, as the document names them. */
  readonly kind: TargetName;
  readonly store: string;
  readonly attribute: (index: number) => { readonly id: AttributeId; readonly name: string };
  /** Whether reading or writing an account tells that it is inactive; elsewhere only the listing does. */
  readonly seesInactive: boolean;
  /** What tells a value of this store from one it cannot keep. */
  readonly keeps: (value: string) => boolean;
  readonly open: (seeds: readonly Seed[]) => Promise<TargetLab>;
};

/** A call without an end that counts what is sent. */
export const countedCall = (): { call: Call; sent: () => number } => {
  let sent = 0;
  const call: Call = {
    signal: new AbortController().signal,
    deadline: Date.now() + 60_000,
    count: () => {
      sent += 1;
    },
  };
  return { call, sent: () => sent };
};
