import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { Refused } from '../../api/ask.ts';
import { type Connector, type Definition, getConnector, putConnector, type Stored } from '../../api/connectors.ts';

type Draft = {
  /** The version the draft was made from. */
  readonly base: Connector;
  readonly definition: Definition;
  readonly dirty: boolean;
  /** Work begins: what is shown stays at this version until it is saved or dropped, whatever others store meanwhile. */
  readonly begin: () => void;
  /** Work that came to nothing ends. */
  readonly leave: () => void;
  readonly change: (next: (definition: Definition) => Definition) => void;
  readonly drop: () => void;
  /** Stores a definition, the draft's own unless another is given, over a version. */
  readonly save: (over?: { definition?: Definition; version?: number; comment?: string }) => Promise<Stored | null>;
  readonly saving: boolean;
  readonly refusal: Refused | null;
  /** The connector as somebody else has stored it meanwhile; to be merged before saving. */
  readonly theirs: Connector | null;
  readonly stored: Stored | null;
};

const Context = createContext<Draft | null>(null);

/** One draft of a connector for all of its pages. */
export const DraftProvider = ({ connector, children }: { connector: Connector; children: ReactNode }) => {
  const client = useQueryClient();
  const [begun, setBegun] = useState<Connector | null>(null);
  const [edited, setEdited] = useState<Definition | null>(null);
  const [stored, setStored] = useState<Stored | null>(null);
  // Nothing begun: what is shown follows what is stored. Who edits the connector, the file or the API, is always the news.
  const base = useMemo(
    () => (begun === null ? connector : { ...begun, managedBy: connector.managedBy }),
    [begun, connector],
  );
  const definition = edited ?? base.definition;
  const { mutateAsync, isPending, variables, error, reset } = useMutation({
    mutationFn: async (wanted: { definition: Definition; version: number; comment?: string }) =>
      (await putConnector(connector.id, wanted.version, wanted.definition, wanted.comment ?? null)).body,
    // In one step with the end of saving, so that our own version is never taken for somebody else's.
    onSuccess: (saved) => {
      client.setQueryData(['connector', connector.id], saved);
      setEdited(null);
      setBegun(null);
      setStored(saved);
      void client.invalidateQueries({ queryKey: ['connectors'] });
    },
  });

  // What comes while a version is stored may be that very version.
  const known = isPending ? (variables?.version ?? base.version) : connector.version;
  const theirs = edited !== null && connector.version !== base.version && connector.version <= known ? connector : null;

  const value = useMemo<Draft>(() => {
    const drop = (): void => {
      setEdited(null);
      setBegun(null);
      reset();
    };
    return {
      base,
      definition,
      dirty: edited !== null,
      begin: () => setBegun((now) => now ?? connector),
      leave: () => {
        if (edited === null) drop();
      },
      change: (next) => {
        setBegun((now) => now ?? connector);
        setEdited(next(definition));
      },
      drop,
      save: async (over = {}) => {
        try {
          return await mutateAsync({
            definition: over.definition ?? definition,
            version: over.version ?? base.version,
            ...(over.comment === undefined ? {} : { comment: over.comment }),
          });
        } catch (refused) {
          setBegun((now) => now ?? connector);
          setEdited(over.definition ?? definition);
          if (refused instanceof Refused && refused.problem.status === 412) {
            client.setQueryData(['connector', connector.id], await getConnector(connector.id));
          }
          return null;
        }
      },
      saving: isPending,
      refusal: error instanceof Refused && error.problem.status !== 412 ? error : null,
      theirs,
      stored,
    };
  }, [base, definition, edited, connector, mutateAsync, isPending, error, reset, theirs, stored, client]);
  return <Context value={value}>{children}</Context>;
};

/** The draft of the connector shown. */
export const useDraft = (): Draft => {
  const draft = useContext(Context);
  if (draft === null) throw new Error('a draft is asked for outside a connector');
  return draft;
};
