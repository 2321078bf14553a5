import { throughScript } from '../atlassian/endpoint-script.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Bare } from '../kit/guarded.ts';
import type { ConfluenceSettings } from './settings.ts';
import { userForm } from './user-form.ts';

/** How Confluence is written, by the name the document gives it: both keep the same values in the same places. */
export const stores: Readonly<Record<ConfluenceSettings['store'], (session: Session) => Bare>> = {
  userForm,
  scriptRunner: (session) =>
    throughScript(session, {
      name: 'attuneUserDetails',
      page: 'docs/connectors/confluence.md',
      nameOf: (attribute) => attribute,
      idOf: (name) =>
        name.startsWith('field:') ? `field:${name.slice(6)}` : `userProperty:${name.replace(/^userProperty:/, '')}`,
    }),
};
