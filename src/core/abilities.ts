/** What a token may do. Each allows exactly what `abilityMeaning` says of it, and no other. */
export type Ability = 'read' | 'values' | 'run' | 'approve' | 'configure' | 'connect' | 'tokens';

/** All abilities, in the order they are printed. */
export const abilities: readonly [Ability, ...Ability[]] = [
  'read',
  'values',
  'run',
  'approve',
  'configure',
  'connect',
  'tokens',
];

/** Each ability in one sentence, as help and documentation say it. */
export const abilityMeaning: Readonly<Record<Ability, string>> = {
  read: 'see connectors, runs, counts and reasons, and people by their id; no names and no values',
  values: "see people's names, logins, mails and attribute values; each look is recorded",
  run: 'start and cancel runs, and check connections',
  approve: 'approve and reject held plans',
  configure: 'change mappings, scopes, matches, schedules and guards, and link people by hand',
  connect: 'change where sources and targets are and how Attune signs in there: addresses, accounts, names of secrets',
  tokens: 'create, list and revoke tokens that have no more abilities than itself',
};
