import { z } from 'zod';
import { secretReference, serviceUrl, tlsSettings } from '../../http/settings.ts';

const expires = z.iso.date().optional();
const choice = (usual: 'include' | 'exclude') => z.enum(['include', 'exclude']).default(usual);

/** The settings of an Okta source as the document says them. */
export const oktaSettings = z.strictObject({
  kind: z.literal('okta'),
  org: serviceUrl,
  auth: z.union([
    z.strictObject({ apiToken: secretReference, expires }),
    z.strictObject({
      clientId: z.string().min(1),
      privateKey: secretReference,
      keyId: z.string().min(1).optional(),
      expires,
    }),
  ]),
  people: z.strictObject({ deprovisioned: choice('exclude'), suspended: choice('include') }).prefault({}),
  groups: z.record(z.string().min(1), z.string().min(1)).default({}),
  tls: tlsSettings.optional(),
});

/** The parsed settings of an Okta source. */
export type OktaSettings = z.infer<typeof oktaSettings>;
