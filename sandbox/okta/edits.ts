import type { ChangeLog } from '../world/change-log.ts';

/** When each person was edited last, as Okta's `lastUpdated` tells it. */
export type Edits = {
  /** Reads what was edited since the last look. */
  look(): void;
  lastOf(id: string): string | undefined;
  /** Whether a person was edited after a moment. */
  isFresh(id: string, since: number): boolean;
};

/** Follows the world's log of edits. */
export const createEdits = (log: ChangeLog): Edits => {
  const times = new Map<string, number>();
  let seen = log.end();
  return {
    look() {
      for (;;) {
        const { entries, next } = log.read(seen, 1_000);
        if (entries.length === 0) return;
        for (const { id, at } of entries) times.set(id, at);
        seen = next;
      }
    },
    lastOf: (id) => {
      const at = times.get(id);
      return at === undefined ? undefined : new Date(at).toISOString();
    },
    isFresh: (id, since) => (times.get(id) ?? Number.NEGATIVE_INFINITY) > since,
  };
};
