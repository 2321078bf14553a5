import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { parseDocument, stringify } from 'yaml';
import { type Definition, validate } from '../../api/connectors.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { useDraft } from './draft.tsx';

/** The draft as YAML: the same definition as the forms, with everything that stands in it, known to them or not. */
export const DocumentPage = () => {
  const { id } = useParams({ from: '/connectors/$id' });
  const { definition, change, begin } = useDraft();
  const { may } = useSignedIn();
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? stringify(definition, { lineWidth: 110 });
  const read = text === null ? null : readText(text);
  const checked = useQuery({
    queryKey: ['connector', id, 'validate', definition],
    queryFn: () => validate(id, definition),
    enabled: may('configure'),
    gcTime: 0,
  });
  return (
    <>
      <Panel
        title="The whole definition"
        aside={<span className="muted small">Secrets appear in it only as references</span>}
      >
        <div className="body">
          <textarea
            className="input mono document"
            aria-label="Definition as YAML"
            aria-invalid={read !== null && !read.ok}
            spellCheck={false}
            value={shown}
            onChange={({ target }) => {
              begin();
              setText(target.value);
              const now = readText(target.value);
              if (now.ok) change(() => now.definition);
            }}
            onBlur={() => {
              // What reads well is shown as the draft has it again; what does not stays as it was typed.
              if (text !== null && readText(text).ok) setText(null);
            }}
          />
          {read !== null && !read.ok && (
            <p className="problem" role="alert">
              {read.message} The draft keeps what stood here before.
            </p>
          )}
        </div>
      </Panel>
      {checked.error !== null && <ProblemNotice error={checked.error} retry={() => void checked.refetch()} />}
      {checked.data !== undefined && checked.data.problems.length > 0 && (
        <Panel title="What is wrong or doubtful in it">
          <ul className="body check-lines">
            {checked.data.problems.map(({ path, message, remedy, severity }) => (
              <li key={`${path} ${message}`}>
                <code>{path}</code>
                <span className="problem" data-severity={severity}>
                  {message}
                </span>
                <span className="muted">{remedy}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Commands lines={['attune config export', curl('GET', `/api/connectors/${id}`)]} />
    </>
  );
};

type Read = { readonly ok: true; readonly definition: Definition } | { readonly ok: false; readonly message: string };

const readText = (text: string): Read => {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) return { ok: false, message: error.message };
  const value: unknown = document.toJS();
  return isDefinition(value)
    ? { ok: true, definition: value }
    : { ok: false, message: 'A definition has the parts connector (with source and to) and targets.' };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As much as the forms need to show it; whatever else is wrong with it the server says. */
const isDefinition = (value: unknown): value is Definition => {
  if (!isObject(value) || !isObject(value.connector) || !isObject(value.targets)) return false;
  const { source, to } = value.connector;
  return (
    isObject(source) &&
    Array.isArray(to) &&
    to.every((one) => isObject(one) && typeof one.target === 'string' && Array.isArray(one.attributes))
  );
};
