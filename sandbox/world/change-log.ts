/** One edit of the directory: who, when, and which attributes; `gone` for a person taken out of it. */
export type LogEntry = {
  id: string;
  at: number;
  attributes: ReadonlySet<string> | 'all';
  gone?: 'changed' | 'deleted';
};

/** Everything that happened to the directory, in order; a place in it is a number. */
export type ChangeLog = {
  add(entry: Omit<LogEntry, 'at'>): void;
  end(): number;
  /** Entries from a place on, and where reading goes on behind them. */
  read(from: number, limit: number): { entries: LogEntry[]; next: number };
};

/** Makes an empty log that tells the time by this clock. */
export const createChangeLog = (now: () => number): ChangeLog => {
  const log: LogEntry[] = [];
  return {
    add: (entry) => {
      log.push({ ...entry, at: now() });
    },
    end: () => log.length,
    read: (from, limit) => {
      const entries = log.slice(from, from + limit);
      return { entries, next: from + entries.length };
    },
  };
};
