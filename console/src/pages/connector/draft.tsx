import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { Refused } from '../../api/ask.ts';
import { type Connector, type Definition, getConnector, putConnector, type Stored } from '../../api/connectors.ts';

type Draft = {
  /** The version the draft was made from. */
  readonly base: Connector;
  readonly definition: Definition;
  readonly dirty: boolean;
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
  const [base, setBase] = useState(connector);
  const [edited, setEdited] = useState<Definition | null>(null);
  const [theirs, setTheirs] = useState<Connector | null>(null);
  const [stored, setStored] = useState<Stored | null>(null);
  // Nothing edited: what is shown follows what is stored.
  const from = edited === null ? connector : base;
  const definition = edited ?? connector.definition;
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: async (wanted: { definition: Definition; version: number; comment?: string }) =>
      (await putConnector(connector.id, wanted.version, wanted.definition, wanted.comment ?? null)).body,
  });

  const value = useMemo<Draft>(
    () => ({
      base: from,
      definition,
      dirty: edited !== null,
      change: (next) => {
        if (edited === null) setBase(connector);
        setEdited(next(definition));
      },
      drop: () => {
        setEdited(null);
        setTheirs(null);
        reset();
      },
      save: async (over = {}) => {
        try {
          const saved = await mutateAsync({
            definition: over.definition ?? definition,
            version: over.version ?? from.version,
            ...(over.comment === undefined ? {} : { comment: over.comment }),
          });
          client.setQueryData(['connector', connector.id], saved);
          setEdited(null);
          setTheirs(null);
          setStored(saved);
          void client.invalidateQueries({ queryKey: ['connectors'] });
          return saved;
        } catch (refused) {
          if (over.definition !== undefined) setEdited(over.definition);
          if (refused instanceof Refused && refused.problem.status === 412) setTheirs(await getConnector(connector.id));
          return null;
        }
      },
      saving: isPending,
      refusal: error instanceof Refused && error.problem.status !== 412 ? error : null,
      theirs,
      stored,
    }),
    [from, definition, edited, connector, mutateAsync, isPending, error, reset, theirs, stored, client],
  );
  return <Context value={value}>{children}</Context>;
};

/** The draft of the connector shown. */
export const useDraft = (): Draft => {
  const draft = useContext(Context);
  if (draft === null) throw new Error('a draft is asked for outside a connector');
  return draft;
};
