import type { Watch } from '../../http/http.ts';
import { openHttp } from '../../http/open-http.ts';
import { assumeAnew } from '../assume.ts';
import type { IdentitySource, SourceDefinition } from '../source.ts';
import { googleAssumptions, tryGoogle } from './assumptions.ts';
import { googleSignIn } from './auth.ts';
import { checkRights } from './check.ts';
import { offeredAttributes } from './discovery.ts';
import { readUser } from './lookup.ts';
import { groupsOf, readMembers } from './members.ts';
import { managers } from './people.ts';
import { readPage } from './read.ts';
import { googleRefusal } from './refusal.ts';
import { refusedPaths, selectionOf } from './selection.ts';
import { type GoogleSettings, googleSettings } from './settings.ts';
import { throttledByReason } from './throttle.ts';
import { numberPaths, properties, shapes, truthPaths } from './usual-paths.ts';

const party = 'Google';

const usual = { token: 'https://oauth2.googleapis.com', directory: 'https://admin.googleapis.com' };

/** Google Cloud Identity and Workspace through the Directory API v1. */
export const google: SourceDefinition<GoogleSettings> = {
  kind: 'google',
  settings: googleSettings,
  refusedPaths,
  usualPaths: properties,
  shapes,
  truthPaths,
  numberPaths,
  ownPaths: /^customSchemas\./,
  open: (settings, deps): IdentitySource => {
    const { auth, groups, people, tls, endpoints = usual } = settings;
    const over = (watch?: Watch) =>
      openHttp({
        party,
        baseUrl: endpoints.directory,
        tls,
        authorize: googleSignIn(settings, endpoints.token, deps, party),
        throttleOf: throttledByReason,
        refusalOf: (answer) => googleRefusal(answer, party),
        watch,
      });
    const http = over();
    return {
      groups: Object.keys(groups),
      expires: auth.expires ?? null,
      label: { name: ['name.fullName'], login: 'primaryEmail', mail: 'primaryEmail' },
      managers,
      check: (call, anew) => checkRights(anew ? over() : http, settings, groups, call),
      readPage: async (place, select, call) => readPage(http, settings, selectionOf(select), place, call),
      readUser: async (key, select, call, whoever) =>
        readUser(http, whoever ? null : people, selectionOf(select), key, call),
      readMembers: (group, cursor, call) => readMembers(http, groups, group, cursor, call),
      groupsOf: (id, call) => groupsOf(http, groups, id, call),
      attributes: (call) => offeredAttributes(http, settings, call),
      assume: (select, call) => {
        const selection = selectionOf(select);
        return assumeAnew(
          'google',
          over,
          (client) => tryGoogle(client, settings, selection, groups, call),
          (seen) => googleAssumptions(seen, selection, party),
        );
      },
    };
  },
};
