import { z } from 'zod';
import type { TargetAttributes, ValueRule } from '../../core/profile.ts';
import { atlassianSettings, isPasswordAuth } from '../atlassian/settings.ts';

/** The settings of a Confluence Data Center target, as they stand in the document. */
export const confluenceSettings = z
  .strictObject({ kind: z.literal('confluence'), ...atlassianSettings })
  .refine(({ auth }) => isPasswordAuth(auth), {
    path: ['auth'],
    message:
      'profile fields are written through the administration pages, which a token cannot open: give username and password',
  });

export type ConfluenceSettings = z.infer<typeof confluenceSettings>;

/** The profile fields of Confluence, by the names its form uses behind `userparam-`. */
export const profileFields = ['phone', 'im', 'website', 'position', 'department', 'location'] as const;

export type ProfileField = (typeof profileFields)[number];

const text: ValueRule = { maxLength: 255, unit: 'characters' };

/** What Confluence can hold: six fields, nothing free. */
export const confluenceAttributes = (): TargetAttributes => ({
  fields: Object.fromEntries(profileFields.map((field) => [field, text])),
  userProperty: null,
});
