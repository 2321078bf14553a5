import type { CountRequests } from '../../core/plan/requests.ts';
import { scriptRequests, throughScript } from '../atlassian/endpoint-script.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Bare } from '../kit/guarded.ts';
import type { ConfluenceSettings } from './settings.ts';
import { formRequests, userForm } from './user-form.ts';

/** One way to write Confluence, and what it sends for a plan if every so many accounts are read back. */
type Store = {
  readonly over: (session: Session) => Bare;
  readonly requests: (readBack: number) => CountRequests;
};

/** How Confluence is written, by the name the document gives it: both keep the same values in the same places. */
export const stores: Readonly<Record<ConfluenceSettings['store'], Store>> = {
  userForm: { over: userForm, requests: formRequests },
  scriptRunner: {
    over: (session) =>
      throughScript(session, {
        name: 'attuneUserDetails',
        page: 'docs/connectors/confluence.md',
        nameOf: (attribute) => attribute,
        idOf: (name) =>
          name.startsWith('field:') ? `field:${name.slice(6)}` : `userProperty:${name.replace(/^userProperty:/, '')}`,
      }),
    requests: scriptRequests,
  },
};
