import { scriptRequests, throughScript } from '../atlassian/endpoint-script.ts';
import { idOf, keyOf, type Store } from './store.ts';

/** User Properties through the endpoint script of docs/connectors/jira.md. */
export const scriptRunner: Store = {
  page: null,
  over: (session) =>
    throughScript(session, {
      name: 'attuneUserProperties',
      page: 'docs/connectors/jira.md',
      nameOf: keyOf,
      idOf,
    }),
  requests: scriptRequests,
};
