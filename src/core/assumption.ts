/**
 * One thing Attune relies on at a product, by its id on the connector's page. `notSeen` says that this look could not
 * tell: what it would take was not met, or another assumption stands before it. It holds no personal value.
 */
export type AssumptionLine = {
  readonly id: string;
  readonly what: string;
  readonly state: 'holds' | 'doesNot' | 'notSeen';
  readonly found: string;
};

/** A request and its answer as kept for a report: every value of a person, every token and name is masked. */
export type MaskedExchange = {
  readonly request: { readonly method: string; readonly path: string };
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
};

/** What was seen while the assumptions were tried; `account` is what stands for the service account in it. */
export type Evidence = {
  readonly kind: string;
  readonly account: string;
  readonly exchanges: readonly MaskedExchange[];
};

/** The outcome of trying every assumption at one product. */
export type Assumed = { readonly lines: readonly AssumptionLine[]; readonly evidence: Evidence };
