import type { ServiceName } from './services.ts';

/** What a stand-in says a request did, so that an independent checker can count calls by kind and writes by value. */
export type JournalNote = {
  kind: 'login' | 'listing' | 'read' | 'write' | 'other';
  account?: string;
  attribute?: string;
  op?: 'add' | 'update' | 'delete' | 'set' | 'clear';
  value?: string | null;
  /** One request that writes several attributes, of one account or several, tells each of them here. */
  writes?: {
    account?: string;
    attribute: string;
    op: 'add' | 'update' | 'delete' | 'set' | 'clear';
    value?: string | null;
  }[];
};

/** One request as it arrived and how it was answered; status 0 means the connection was cut. */
export type JournalEntry = {
  n: number;
  at: string;
  service: ServiceName;
  method: string;
  path: string;
  query?: string;
  status: number;
  note?: JournalNote;
};

/** Which entries a reader of the journal wants. */
export type JournalFilter = { service?: ServiceName; kind?: JournalNote['kind'] };

/** The memory of every request: writes and logins in full, the rest as counts and the latest entries. */
export type Journal = {
  add(entry: Omit<JournalEntry, 'n'>): void;
  entries(filter?: JournalFilter): JournalEntry[];
  /** Counts by "service kind", for example `jira write`; they cover every request since the last clearing. */
  counts(): Record<string, number>;
  clear(): void;
};

const latestKept = 10_000;

/** Makes an empty journal; one is shared by all stand-ins of a sandbox. */
export const createJournal = (): Journal => {
  let next = 1;
  let lasting: JournalEntry[] = [];
  let latest: JournalEntry[] = [];
  const counts = new Map<string, number>();
  return {
    add(entry) {
      const kind = entry.note?.kind ?? 'other';
      const whole = { n: next++, ...entry };
      const key = `${entry.service} ${kind}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (kind === 'write' || kind === 'login') lasting.push(whole);
      else latest.push(whole);
      if (latest.length > 2 * latestKept) latest = latest.slice(-latestKept);
    },
    entries({ service, kind } = {}) {
      return [...lasting, ...latest.slice(-latestKept)]
        .filter((entry) => service === undefined || entry.service === service)
        .filter((entry) => kind === undefined || (entry.note?.kind ?? 'other') === kind)
        .sort((a, b) => a.n - b.n);
    },
    counts: () => Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b))),
    clear() {
      lasting = [];
      latest = [];
      counts.clear();
    },
  };
};
