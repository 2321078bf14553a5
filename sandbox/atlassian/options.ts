import { z } from 'zod';

/** Generations of the products that differ in signing in and listing: form and short listings, capped search, newest. */
export const profiles = ['old', '10', '11'] as const;

/** One generation. */
export type Profile = (typeof profiles)[number];

/** What start and control can switch on a product's stand-in. */
export const atlassianOptions = z.strictObject({
  profile: z.enum(profiles).default('10'),
  /** Which login page is shown; without a word the profile decides. */
  login: z.enum(['form', 'twoStep']).optional(),
  /** Whether Basic is accepted; without a word the profile decides. */
  basic: z.boolean().optional(),
  /** Secure administrator sessions. */
  webSudo: z.boolean().default(true),
  /** Refuses the password page by its list of addresses. */
  webSudoRefused: z.boolean().default(false),
  /** Milliseconds a session and a secure administrator session live without a request. */
  sessionLife: z.int().default(5 * 3_600_000),
  webSudoLife: z.int().default(600_000),
  /** Ends every session after so many requests. */
  requestsPerSession: z.int().min(1).optional(),
  captchaAfter: z.int().min(1).default(3),
  /** Accounts that must give a second step, which no program can; at the login, or at the password page. */
  twoStepAccounts: z.array(z.string()).default([]),
  twoStepAt: z.enum(['login', 'passwordPage']).default('login'),
  /** How the password page comes: in place of the page asked for, or by a redirect; without a word as usual. */
  passwordPageBy: z.enum(['forward', 'redirect']).optional(),
  /** An administrator's banner on every page, with a table and the classes of errors. */
  banner: z.boolean().default(false),
  /** Puts `;jsessionid=…` into the product's own redirects, as servlet containers do for whoever sent no cookie. */
  sessionInRedirects: z.boolean().default(false),
  /** A proxy that lets none of the products' own headers (`X-A…`) through. */
  dropsHeaders: z.boolean().default(false),
  /** Shows everybody the page of a product that starts, with status 200. */
  starting: z.boolean().default(false),
  /** The user directory is away: passwords are refused without being counted, tokens are nobody's. */
  directoryAway: z.boolean().default(false),
  /** Passwords of accounts beside the service account, by username. */
  logins: z.record(z.string(), z.string()).default({}),
  /** Personal access tokens and whose they are. */
  tokens: z.record(z.string(), z.string()).default({}),
  /** Where the login page redirects to, except with `auth_fallback` in its query. */
  singleSignOn: z.url().optional(),
  /** A token bucket for each account: how many, and how many come back each interval. */
  rateLimit: z
    .strictObject({ limit: z.int().min(1), fillRate: z.int().min(1), intervalSeconds: z.int().min(1) })
    .optional(),
  /** Nodes of a cluster; a session lives on one, which a cookie of the balancer names. */
  nodes: z.int().min(1).default(1),
});

/** The options in force. */
export type AtlassianOptions = z.infer<typeof atlassianOptions>;

/** Whether the login page is the classic form. */
export const showsForm = ({ login, profile }: AtlassianOptions): boolean =>
  (login ?? (profile === '11' ? 'twoStep' : 'form')) === 'form';

/** Whether Basic is accepted: the newest generation has it off until an administrator allows it. */
export const takesBasic = ({ basic, profile }: AtlassianOptions): boolean => basic ?? profile !== '11';
