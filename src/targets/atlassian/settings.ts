import { z } from 'zod';
import type { WriteHours } from '../../core/plan/write-hours.ts';
import { isTimeZone } from '../../core/schedules/time-zones.ts';
import { secretReference, serviceUrl, tlsSettings } from '../../http/settings.ts';
import type { TargetLoad } from '../target.ts';

/** How Attune signs in with a password: by the product's own login page, or by Basic on every request. */
export const passwordAuth = z.strictObject({
  username: z.string().min(1),
  password: secretReference,
  loginPath: z.string().startsWith('/', 'must be a path that begins with "/"').optional(),
  with: z.enum(['form', 'basic']).default('form'),
});

/** How Attune signs in with a personal access token: good for REST, not for the administration pages. */
export const tokenAuth = z.strictObject({ token: secretReference });

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as "20:00"');

/** What people copy out of the address bar: a page of the product instead of the product. */
const aPage = /\.(jspa?|action)(;|$)|\/(secure|browse|display|rest|dashboard\.action)(\/|$)/;

const baseUrl = serviceUrl.refine(
  (url) => !aPage.test(URL.parse(url)?.pathname ?? ''),
  'must be the address of the product itself, without a page of it, such as https://jira.acme.example',
);

/** The settings both products share; each product adds its own and says which `auth` its stores can use. */
export const atlassianSettings = {
  url: baseUrl,
  auth: z.union([passwordAuth, tokenAuth]),
  inFlight: z.int().min(1).max(64).default(4),
  writeHours: z
    .strictObject({
      from: timeOfDay,
      to: timeOfDay,
      timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Berlin'),
    })
    .optional(),
  never: z.array(z.string().min(1)).default([]),
  readBack: z.int().min(0).default(50),
  tls: tlsSettings.optional(),
};

export type PasswordAuth = z.infer<typeof passwordAuth>;
export type TokenAuth = z.infer<typeof tokenAuth>;
export type Auth = PasswordAuth | TokenAuth;

/** Tells the two ways of signing in apart. */
export const isPasswordAuth = (auth: Auth): auth is PasswordAuth => 'password' in auth;

/** How much a target may be asked for, as its document says. */
export const loadOf = ({
  inFlight,
  writeHours = null,
}: {
  readonly inFlight: number;
  readonly writeHours?: WriteHours | null | undefined;
}): TargetLoad => ({ inFlight, writeHours });

/** Where the login form is: where the document says, or the product's own page. */
export const loginPathOf = (auth: Auth, { loginPath }: { readonly loginPath: string }): string =>
  (isPasswordAuth(auth) ? auth.loginPath : undefined) ?? loginPath;
