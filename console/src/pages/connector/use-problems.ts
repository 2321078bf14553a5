import { useEffect, useState } from 'react';
import { type Definition, type ProblemOfDocument, validate } from '../../api/connectors.ts';
import { type Editing, withRow, withRows } from './mapping/edited-rows.ts';

/** How long a pause in the typing is before the server is asked. */
const pauseMs = 250;

/** What the server finds wrong or doubtful in the mapping as it stands now, asked for when the typing pauses. */
export const useProblems = (
  id: string,
  definition: Definition,
  target: string | undefined,
  editing: Editing | null,
): readonly ProblemOfDocument[] => {
  const [problems, setProblems] = useState<readonly ProblemOfDocument[]>([]);
  useEffect(() => {
    const timer = setTimeout(async () => {
      const edited =
        target === undefined || editing === null
          ? definition
          : withRows(definition, target, (rows) => withRow(rows, editing));
      const checked = await validate(id, edited).catch(() => null);
      if (checked !== null) setProblems(checked.problems);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [id, definition, target, editing]);
  return problems;
};
