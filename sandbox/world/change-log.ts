/** One edit of the directory: who, and which attributes; `gone` for a person taken out of it. */
export type LogEntry = { id: string; attributes: ReadonlySet<string> | 'all'; gone?: 'changed' | 'deleted' };

/** Everything that happened to the directory, in order; a place in it is a number. */
export type ChangeLog = {
  add(entry: LogEntry): void;
  end(): number;
  /** Entries from a place on, and where reading goes on behind them. */
  read(from: number, limit: number): { entries: LogEntry[]; next: number };
};

/** Makes an empty log. */
export const createChangeLog = (): ChangeLog => {
  const log: LogEntry[] = [];
  return {
    add: (entry) => {
      log.push(entry);
    },
    end: () => log.length,
    read: (from, limit) => {
      const entries = log.slice(from, from + limit);
      return { entries, next: from + entries.length };
    },
  };
};
