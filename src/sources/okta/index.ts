import { openHttp } from '../../http/open-http.ts';
import type { IdentitySource, SourceDefinition } from '../source.ts';
import { oktaSignIn } from './auth.ts';
import { checkRights } from './check.ts';
import { offeredAttributes } from './discovery.ts';
import { readUser } from './lookup.ts';
import { groupsOf, readMembers } from './members.ts';
import { managers } from './people.ts';
import { readPage } from './read.ts';
import { oktaRefusal } from './refusal.ts';
import { refusedPaths, selectionOf } from './selection.ts';
import { type OktaSettings, oktaSettings } from './settings.ts';
import { throttledByReset } from './throttle.ts';
import { ownPaths, usualPaths } from './usual-paths.ts';

const party = 'Okta';

/** Okta through its management API v1. */
export const okta: SourceDefinition<OktaSettings> = {
  kind: 'okta',
  settings: oktaSettings,
  refusedPaths,
  usualPaths,
  ownPaths,
  open: (settings, deps): IdentitySource => {
    const { auth, groups, org, people, tls } = settings;
    const http = openHttp({
      party,
      baseUrl: org,
      tls,
      authorize: oktaSignIn(settings, deps, party),
      throttleOf: throttledByReset,
      refusalOf: (answer) => oktaRefusal(answer, party),
    });
    return {
      groups: Object.keys(groups),
      expires: auth.expires ?? null,
      managers,
      check: (call) => checkRights(http, groups, call),
      readPage: async (place, select, call) => readPage(http, people, selectionOf(select), place, call),
      readUser: async (key, select, call) => readUser(http, people, selectionOf(select), key, call),
      readMembers: (group, cursor, call) => readMembers(http, groups, group, cursor, call),
      groupsOf: (id, call) => groupsOf(http, groups, id, call),
      attributes: (call) => offeredAttributes(http, call),
    };
  },
};
