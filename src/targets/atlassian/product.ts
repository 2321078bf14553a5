import type { ProductAnswer, ProductRequest } from './connection.ts';

/** What the password page of an administrator's session is answered with. */
export type WebSudoAnswer = { readonly password: string; readonly xsrf: string };

/** Where the two products differ in signing in; everything else of a session is the family's. */
export type Product = {
  readonly name: string;
  /** The product's own login page. */
  readonly loginPath: string;
  /** Names of the login page's fields beside user name and password that the product expects. */
  readonly loginExtras: Readonly<Record<string, string>>;
  /** The right the service account needs, in the product's own words. */
  readonly adminRight: string;
  /** Whether an answer says in its body that nobody is signed in. */
  readonly saysNobody: (answer: ProductAnswer) => boolean;
  /** Where a redirect goes when nobody is signed in; compared with the end of the path. */
  readonly loginPages: readonly string[];
  /** A cheap REST resource that only a signed-in user gets. */
  readonly whoAmI: ProductRequest;
  /** A page of the administration that shows nobody's data. */
  readonly adminPage: ProductRequest;
  /** Whether an answer is the password page instead of what was asked for. */
  readonly asksPassword: (answer: ProductAnswer) => boolean;
  /** The request that answers the password page; it leads to `adminPage`. */
  readonly webSudo: (answer: WebSudoAnswer) => ProductRequest;
  /** Ends a session. */
  readonly logout: (xsrf: string) => ProductRequest;
};
