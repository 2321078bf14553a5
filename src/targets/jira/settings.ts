import { z } from 'zod';
import type { TargetAttributes } from '../../core/profile.ts';
import { atlassianSettings, isPasswordAuth } from '../atlassian/settings.ts';

/** The settings of a Jira Data Center target, as they are in the document. */
export const jiraSettings = z
  .strictObject({
    kind: z.literal('jira'),
    ...atlassianSettings,
    store: z.enum(['userProperty', 'entityProperty', 'scriptRunner']).default('userProperty'),
  })
  .refine(({ auth, store }) => store !== 'userProperty' || isPasswordAuth(auth), {
    path: ['auth'],
    message:
      'store userProperty is written through the administration pages, which a token cannot open: use a username and password, or choose store entityProperty or scriptRunner',
  });

export type JiraSettings = z.infer<typeof jiraSettings>;

/**
 * The key rule of Jira's own form (EditUserProperties): letters, digits, and spaces between them. Its page shows two
 * spaces or a tab as one space, so that such a key could not be found again.
 */
const formKey = {
  maxLength: 200,
  unit: 'characters',
  pattern: '^[a-zA-Z0-9]+( [a-zA-Z0-9]+)*$',
  takes: 'letters (a to z), digits and single spaces between them',
} as const;

const noOuterSpace = 'any text without spaces at its ends';

const rules: Readonly<Record<JiraSettings['store'], TargetAttributes['userProperty']>> = {
  userProperty: { name: formKey, value: { maxLength: 250, unit: 'characters' } },
  scriptRunner: {
    name: { maxLength: 200, unit: 'characters', pattern: '^\\S(.*\\S)?$', takes: noOuterSpace },
    value: { maxLength: 250, unit: 'characters' },
  },
  entityProperty: {
    name: {
      maxLength: 255,
      unit: 'bytes',
      pattern: '^(?!\\.{1,2}$)[^\\s/\\\\]([^/\\\\]*[^\\s/\\\\])?$',
      takes: `${noOuterSpace}, no slash or backslash, and not only dots`,
    },
    value: { maxLength: 32_768, unit: 'JSON bytes' },
  },
};

/** What each store can hold. */
export const jiraAttributes = ({ store }: Pick<JiraSettings, 'store'>): TargetAttributes => ({
  fields: {},
  userProperty: rules[store],
});
