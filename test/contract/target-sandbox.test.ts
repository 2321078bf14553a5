import { passwordAuth, tokenAuth } from '../targets/fixtures/sandbox.ts';
import { filled, sandboxMember } from './target-members.ts';
import { targetContract } from './target-suite.ts';

const basic = { auth: { ...passwordAuth, with: 'basic' } };

for (const profile of ['old', '10', '11']) {
  targetContract(sandboxMember(`Jira ${profile}, User Properties`, 'jira', filled(250), {}, { profile }));
  targetContract(sandboxMember(`Confluence ${profile}`, 'confluence', filled(255), {}, { profile }));
  targetContract(
    sandboxMember(
      `Jira ${profile}, endpoint script and token`,
      'jira',
      (value) => value !== '',
      { auth: tokenAuth, store: 'scriptRunner' },
      { profile, scriptRunner: true },
    ),
  );
  targetContract(
    sandboxMember(
      `Confluence ${profile}, endpoint script and token`,
      'confluence',
      (value) => value !== '' && value.length <= 255,
      { auth: tokenAuth, store: 'scriptRunner' },
      { profile, scriptRunner: true },
      20,
    ),
  );
  targetContract(
    sandboxMember(
      `Jira ${profile}, entity properties and token`,
      'jira',
      (value) => value !== '',
      { auth: tokenAuth, store: 'entityProperty' },
      { profile },
    ),
  );
}

targetContract(
  sandboxMember(
    'Confluence, preferences by the remote API',
    'confluence',
    (value) => value !== '' && value.length <= 255,
    { remoteApi: true },
    { remoteApi: true },
  ),
);

const open10 = { profile: '10', webSudo: false };
targetContract(sandboxMember('Jira, Basic, no secure sessions', 'jira', filled(250), basic, open10));
targetContract(sandboxMember('Confluence, Basic, no secure sessions', 'confluence', filled(255), basic, open10));
targetContract(sandboxMember('Jira, cluster of two nodes', 'jira', filled(250), {}, { nodes: 2 }));
targetContract(
  sandboxMember(
    'Jira, entity properties by form login',
    'jira',
    (value) => value !== '',
    { store: 'entityProperty' },
    {},
  ),
);
