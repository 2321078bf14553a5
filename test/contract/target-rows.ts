import { passwordAuth, tokenAuth } from '../targets/fixtures/sandbox.ts';
import type { TargetMember } from './target-lab.ts';
import { filled, sandboxMember } from './target-members.ts';

const basic = { auth: { ...passwordAuth, with: 'basic' } };
const open10 = { profile: '10', webSudo: false };
const anyText = (value: string): boolean => value !== '';

const ofRelease = (profile: string): readonly TargetMember[] => [
  sandboxMember(`Jira ${profile}, User Properties`, 'jira', filled(250), {}, { profile }),
  sandboxMember(`Confluence ${profile}`, 'confluence', filled(255), {}, { profile }),
  sandboxMember(
    `Jira ${profile}, endpoint script and token`,
    'jira',
    anyText,
    { auth: tokenAuth, store: 'scriptRunner' },
    { profile, scriptRunner: true },
  ),
  sandboxMember(
    `Confluence ${profile}, endpoint script and token`,
    'confluence',
    (value) => value !== '' && value.length <= 255,
    { auth: tokenAuth, store: 'scriptRunner' },
    { profile, scriptRunner: true },
    20,
  ),
  sandboxMember(
    `Jira ${profile}, entity properties and token`,
    'jira',
    anyText,
    { auth: tokenAuth, store: 'entityProperty' },
    { profile },
  ),
];

/** Every target with every store over its own stand-in, in each release and by each way of signing in. */
export const rows: readonly TargetMember[] = [
  ...['old', '10', '11'].flatMap(ofRelease),
  sandboxMember(
    'Confluence, preferences by the remote API',
    'confluence',
    (value) => value !== '' && value.length <= 255,
    { remoteApi: true },
    { remoteApi: true },
  ),
  sandboxMember('Jira, Basic, no secure sessions', 'jira', filled(250), basic, open10),
  sandboxMember('Confluence, Basic, no secure sessions', 'confluence', filled(255), basic, open10),
  sandboxMember('Jira, cluster of two nodes', 'jira', filled(250), {}, { nodes: 2 }),
  sandboxMember('Jira, entity properties by form login', 'jira', anyText, { store: 'entityProperty' }, {}),
];
