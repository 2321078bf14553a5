import { z } from 'zod';
import type { TargetAttributes, ValueRule } from '../../core/profile.ts';
import { atlassianSettings, isPasswordAuth } from '../atlassian/settings.ts';

/** The settings of a Confluence Data Center target, as they are in the document. */
export const confluenceSettings = z
  .strictObject({
    kind: z.literal('confluence'),
    ...atlassianSettings,
    /** What writes: the form an administrator edits a user with, or an endpoint script of ScriptRunner. */
    store: z.enum(['userForm', 'scriptRunner']).default('userForm'),
    /** User properties go through the deprecated remote API, which an administrator of Confluence switches on. */
    remoteApi: z.boolean().default(false),
  })
  .refine(({ auth, store }) => store !== 'userForm' || isPasswordAuth(auth), {
    path: ['auth'],
    message:
      'store userForm is written through the administration pages, which a token cannot open: use a username and password, or choose store scriptRunner',
  })
  .refine(({ remoteApi, store }) => store === 'userForm' || !remoteApi, {
    path: ['remoteApi'],
    message: 'store scriptRunner writes user properties without the remote API: remove remoteApi',
  });

export type ConfluenceSettings = z.infer<typeof confluenceSettings>;

/** The profile fields of Confluence, by the names its form uses after `userparam-`. */
export const profileFields = ['phone', 'im', 'website', 'position', 'department', 'location'] as const;

export type ProfileField = (typeof profileFields)[number];

const text: ValueRule = { maxLength: 255, unit: 'characters' };

/** A preference of Confluence itself must not be overwritten: their keys begin with `confluence.`. */
const preferenceKey = {
  maxLength: 200,
  unit: 'characters',
  pattern: '^(?!confluence\\.)\\S(.*\\S)?$',
  takes: 'names without spaces at their ends that do not begin with "confluence."',
} as const;

/** What Confluence can hold: six fields, and free names only where the remote API or the script can write them. */
export const confluenceAttributes = ({
  remoteApi,
  store,
}: Pick<ConfluenceSettings, 'remoteApi' | 'store'>): TargetAttributes => ({
  fields: Object.fromEntries(profileFields.map((field) => [field, text])),
  userProperty: remoteApi || store === 'scriptRunner' ? { name: preferenceKey, value: text } : null,
});
