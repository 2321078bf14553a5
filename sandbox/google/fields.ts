import { googleError, Refusal } from './errors.ts';

/** What of an answer is asked for: each name with what of it, or all of it. */
export type Selection = ReadonlyMap<string, Selection | null>;

/** The names an answer may have; what has no names of its own here may have any. */
export type Shape = { readonly [name: string]: Shape | null };

const refused = (text: string): Refusal =>
  new Refusal(googleError(400, 'invalidParameter', `Invalid field selection ${text}`));

/**
 * Reads `fields` as all of Google's APIs take it: names separated by commas, `a/b` and `a(b,c)` for parts of a part, `*`
 * for all; a name the answer never has is refused (Google: "Working with partial resources").
 */
export const selectionOf = (text: string | null, shape: Shape): Selection | null => {
  if (text === null) return null;
  let at = 0;
  const list = (within: Shape | null): Selection => {
    const selected = new Map<string, Selection | null>();
    for (;;) {
      const [name = ''] = /^[\w*$-]*/.exec(text.slice(at)) ?? [];
      at += name.length;
      if (name === '' || (within !== null && name !== '*' && !Object.hasOwn(within, name))) throw refused(name || text);
      selected.set(name, part(within?.[name] ?? null));
      if (text[at] !== ',') return selected;
      at += 1;
    }
  };
  const part = (within: Shape | null): Selection | null => {
    if (text[at] === '/') {
      at += 1;
      const [name = ''] = /^[\w*$-]+/.exec(text.slice(at)) ?? [];
      if (name === '' || (within !== null && name !== '*' && !Object.hasOwn(within, name))) throw refused(name || text);
      at += name.length;
      return new Map([[name, part(within?.[name] ?? null)]]);
    }
    if (text[at] !== '(') return null;
    at += 1;
    const inner = list(within);
    if (text[at] !== ')') throw refused(text);
    at += 1;
    return inner;
  };
  const whole = list(shape);
  if (at < text.length) throw refused(text);
  return whole;
};

/** What a selection leaves of an answer; of a list, of each item. */
export const picked = (value: unknown, selection: Selection | null): unknown => {
  if (selection === null || selection.has('*')) return value;
  if (Array.isArray(value)) return value.map((one) => picked(one, selection));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      selection.has(name) ? [[name, picked(inner, selection.get(name) ?? null)]] : [],
    ),
  );
};

const any = (names: string): Shape => Object.fromEntries(names.split(' ').map((name) => [name, null]));

/** A user (Directory API, discovery document: User). */
export const userShape: Shape = {
  ...any('id etag primaryEmail password hashFunction isAdmin isDelegatedAdmin agreedToTerms suspended'),
  ...any('changePasswordAtNextLogin ipWhitelisted kind emails externalIds relations aliases isMailboxSetup customerId'),
  ...any('addresses organizations lastLoginTime phones suspensionReason thumbnailPhotoUrl languages posixAccounts'),
  ...any('creationTime nonEditableAliases sshPublicKeys notes websites locations includeInGlobalAddressList keywords'),
  ...any('deletionTime gender thumbnailPhotoEtag ims customSchemas isEnrolledIn2Sv isEnforcedIn2Sv archived'),
  ...any('orgUnitPath recoveryEmail recoveryPhone'),
  name: any('fullName familyName givenName displayName'),
};

/** A page of users (Users). */
export const usersShape: Shape = { ...any('kind etag nextPageToken trigger_event'), users: userShape };

/** A page of members (Members). */
export const membersShape: Shape = {
  ...any('kind etag nextPageToken'),
  members: any('kind email role etag type status delivery_settings id'),
};
