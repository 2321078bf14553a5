import { type AnswerClass, answerClass, type Call, type CallKind, type RequestCount } from '../src/core/call.ts';

/** Counts the requests of a step, and gives away what can be written down. */
export type RequestCounter = {
  readonly count: Call['count'];
  /** The requests answered since the last time. */
  readonly answered: () => readonly RequestCount[];
  /** All that were counted since, those without an answer among them; for the end of the step. */
  readonly all: () => readonly RequestCount[];
  /** Takes back what could not be written down. */
  readonly takeBack: (counts: readonly RequestCount[]) => void;
};

/** A counter of a step that has sent nothing yet. */
export const createRequestCounter = (): RequestCounter => {
  const counts = new Map<string, RequestCount>();
  const pending = new Map<symbol, CallKind>();
  const add = ({ kind, answer, requests }: RequestCount): void => {
    const key = `${kind} ${answer}`;
    counts.set(key, { kind, answer, requests: (counts.get(key)?.requests ?? 0) + requests });
  };
  const end = (id: symbol, answer: AnswerClass): void => {
    const kind = pending.get(id);
    if (kind !== undefined && pending.delete(id)) add({ kind, answer, requests: 1 });
  };
  const answered = (): readonly RequestCount[] => {
    const taken = [...counts.values()];
    counts.clear();
    return taken;
  };
  return {
    count: (kind) => {
      const id = Symbol(kind);
      pending.set(id, kind);
      return (status) => end(id, answerClass(status));
    },
    answered,
    all: () => {
      for (const id of [...pending.keys()]) end(id, 'none');
      return answered();
    },
    takeBack: (taken) => taken.forEach(add),
  };
};
