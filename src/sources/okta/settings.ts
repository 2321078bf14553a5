import { z } from 'zod';
import { secretReference, serviceUrl, tlsSettings } from '../../http/settings.ts';

const expires = z.iso.date().optional();

/** The address of the organization itself: neither of its API nor of its administrator's pages. */
const org = serviceUrl
  .refine((text) => URL.parse(text)?.pathname === '/', {
    error: 'must be the address of the organization without a path, such as https://acme.okta.com',
  })
  .refine((text) => !/-admin\.(okta|oktapreview|okta-emea)\.com$/.test(URL.parse(text)?.hostname ?? ''), {
    error: 'must be the address where people sign in: remove `-admin`',
  });

const profilePath = z
  .string()
  .regex(/^profile\.[A-Za-z_]\w*$/, 'must be a path into the profile, such as profile.managerEmail');
const namedBy = z.union([z.literal('id'), profilePath]);

/** Whose name an organization keeps as the manager is its own habit: where it stands, and what it names them by. */
const manager = z
  .strictObject({
    from: profilePath.default('profile.managerId'),
    by: z
      .union([namedBy.transform((one) => [one]), z.array(namedBy).min(1)])
      .default(['id', 'profile.login', 'profile.email', 'profile.employeeNumber']),
  })
  .prefault({});
const choice = (usual: 'include' | 'exclude') => z.enum(['include', 'exclude']).default(usual);

/** The settings of an Okta source as the document says them. */
export const oktaSettings = z.strictObject({
  kind: z.literal('okta'),
  org,
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
  manager,
  groups: z.record(z.string().min(1), z.string().min(1)).default({}),
  tls: tlsSettings.optional(),
});

/** The parsed settings of an Okta source. */
export type OktaSettings = z.infer<typeof oktaSettings>;
