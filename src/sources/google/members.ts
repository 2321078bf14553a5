import type { Call } from '../../core/call.ts';
import type { SourceId } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { namedGroup } from '../groups.ts';
import { unlessGone } from '../refusals.ts';
import type { Cursor, MemberPage } from '../source.ts';
import { member, memberPage, membership } from './schema.ts';
import type { GoogleSettings } from './settings.ts';

type Groups = GoogleSettings['groups'];

const partsOf = (group: Groups[string]) =>
  typeof group === 'string' ? ({ id: group, members: 'direct' } as const) : group;

/** One page of the people in a group the document names (Directory API: members.list). */
export const readMembers = async (
  http: Http,
  groups: Groups,
  group: string,
  cursor: Cursor | null,
  call: Call,
): Promise<MemberPage> => {
  const named = namedGroup(groups, group, http.party);
  const { id, members } = partsOf(named);
  const query = {
    maxResults: '200',
    ...(members === 'transitive' ? { includeDerivedMembership: 'true' } : {}),
    fields: 'nextPageToken,members(id,type)',
    ...(cursor === null ? {} : { pageToken: cursor }),
  };
  const route = '/admin/directory/v1/groups/{id}/members';
  const { body } = await http.get({ route, params: { id }, query, kind: 'listing' }, memberPage, call);
  const ids = body.members.filter(({ type }) => type === 'USER').map((one) => one.id);
  return { ids, next: body.nextPageToken ?? null };
};

/** The names of the document's groups one person is in (Directory API: members.hasMember counts groups within). */
export const groupsOf = async (
  http: Http,
  groups: Groups,
  person: SourceId,
  call: Call,
): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [name, group] of Object.entries(groups)) {
    if (await isIn(http, partsOf(group), person, call)) found.push(name);
  }
  return found;
};

const isIn = async (
  http: Http,
  { id, members }: ReturnType<typeof partsOf>,
  person: SourceId,
  call: Call,
): Promise<boolean> => {
  const params = { id, person };
  if (members === 'transitive') {
    const route = '/admin/directory/v1/groups/{id}/hasMember/{person}';
    return (await http.get({ route, params, kind: 'read' }, membership, call)).body.isMember;
  }
  const route = '/admin/directory/v1/groups/{id}/members/{person}';
  return (await unlessGone(http.get({ route, params, kind: 'read' }, member, call))) !== null;
};
