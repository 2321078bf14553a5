import type { Watch } from '../../http/http.ts';
import { openHttp } from '../../http/open-http.ts';
import { assumeAnew } from '../assume.ts';
import type { IdentitySource, SourceDefinition } from '../source.ts';
import { entraAssumptions, tryEntra } from './assumptions.ts';
import { entraSignIn } from './auth.ts';
import { checkRights } from './check.ts';
import { endpointsOf } from './clouds.ts';
import { offeredAttributes } from './discovery.ts';
import { entraGroupIds } from './groups.ts';
import { groupsOf } from './listing/groups-of.ts';
import { readUser } from './lookup.ts';
import { readMembers } from './members.ts';
import { neededFor } from './people.ts';
import { readPage } from './read.ts';
import { graphRefusal } from './refusal.ts';
import { refusedPaths, selectionOf } from './selection.ts';
import { type EntraSettings, entraSettings } from './settings.ts';
import { numberPaths, ownPaths, shapes, truthPaths, usualPaths } from './usual-paths.ts';

const party = 'Entra ID';

/** Microsoft Entra ID through Microsoft Graph v1.0. */
export const entra: SourceDefinition<EntraSettings> = {
  kind: 'entra',
  settings: entraSettings,
  refusedPaths,
  usualPaths,
  shapes,
  truthPaths,
  numberPaths,
  ownPaths,
  open: (settings, deps): IdentitySource => {
    const endpoints = endpointsOf(settings);
    const { people, groups, tls } = settings;
    const over = (watch?: Watch) =>
      openHttp({
        party,
        baseUrl: endpoints.graph,
        tls,
        authorize: entraSignIn(settings, endpoints, deps, party),
        refusalOf: (answer) => graphRefusal(answer, party),
        watch,
      });
    const http = over();
    const needed = neededFor(people);
    const named = { groups, idOf: entraGroupIds(http) };
    return {
      groups: Object.keys(groups),
      expires: settings.auth.expires ?? null,
      label: { name: ['displayName'], login: 'userPrincipalName', mail: 'mail' },
      managers: null,
      check: (call, anew) => checkRights(anew ? over() : http, named, call),
      readPage: async (place, select, call) => readPage(http, people, selectionOf(select, needed), place, call),
      readUser: async (key, select, call, whoever) =>
        readUser(http, whoever ? null : people, selectionOf(select, needed), key, call),
      readMembers: (group, cursor, call) => readMembers(http, named, group, cursor, call),
      groupsOf: (id, call) => groupsOf(http, named, id, call),
      attributes: (call) => offeredAttributes(http, call),
      assume: (select, call) => {
        const selection = selectionOf(select, needed);
        return assumeAnew(
          'entra',
          over,
          (client) => tryEntra(client, selection, groups, call),
          (seen) => entraAssumptions(seen, selection, party),
        );
      },
    };
  },
};
