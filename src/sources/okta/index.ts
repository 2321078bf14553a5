import type { Watch } from '../../http/http.ts';
import { openHttp } from '../../http/open-http.ts';
import { assumeAnew } from '../assume.ts';
import type { IdentitySource, SourceDefinition } from '../source.ts';
import { oktaAssumptions, tryOkta } from './assumptions.ts';
import { oktaSignIn } from './auth.ts';
import { checkRights } from './check.ts';
import { offeredAttributes } from './discovery.ts';
import { oktaGroupIds } from './groups.ts';
import { readUser } from './lookup.ts';
import { groupsOf, readMembers } from './members.ts';
import { managersBy } from './people.ts';
import { readPage } from './read.ts';
import { oktaRefusal } from './refusal.ts';
import { refusedPaths, selectionOf } from './selection.ts';
import { type OktaSettings, oktaSettings } from './settings.ts';
import { throttledByReset } from './throttle.ts';
import { numberPaths, ownPaths, shapes, truthPaths, usualPaths } from './usual-paths.ts';

const party = 'Okta';

/** Okta through its management API v1. */
export const okta: SourceDefinition<OktaSettings> = {
  kind: 'okta',
  settings: oktaSettings,
  refusedPaths,
  usualPaths,
  shapes,
  truthPaths,
  numberPaths,
  ownPaths,
  open: (settings, deps): IdentitySource => {
    const { auth, groups, manager, org, people, tls } = settings;
    const over = (watch?: Watch) =>
      openHttp({
        party,
        baseUrl: org,
        tls,
        authorize: oktaSignIn(settings, deps, party),
        throttleOf: throttledByReset,
        refusalOf: (answer) => oktaRefusal(answer, party),
        watch,
      });
    const http = over();
    const named = { groups, idOf: oktaGroupIds(http) };
    return {
      groups: Object.keys(groups),
      expires: auth.expires ?? null,
      label: { name: ['profile.firstName', 'profile.lastName'], login: 'profile.login', mail: 'profile.email' },
      managers: managersBy(settings.manager),
      check: (call, anew) => checkRights(anew ? over() : http, named, call),
      readPage: async (place, select, call) => readPage(http, people, selectionOf(select, manager), place, call),
      readUser: async (key, select, call, whoever) =>
        readUser(http, whoever ? null : people, selectionOf(select, manager), key, call),
      readMembers: (group, cursor, call) => readMembers(http, named, group, cursor, call),
      groupsOf: (id, call) => groupsOf(http, named, id, call),
      attributes: (call) => offeredAttributes(http, call),
      assume: (select, call) => {
        const selection = selectionOf(select, manager);
        return assumeAnew(
          'okta',
          over,
          (client) => tryOkta(client, selection, groups, call),
          (seen) => oktaAssumptions(seen, selection, party),
        );
      },
    };
  },
};
