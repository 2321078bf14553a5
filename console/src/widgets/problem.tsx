import { Refused } from '../api/ask.ts';

/** A refusal of the API as it says it: what, and what to do about it. */
export const ProblemNotice = ({ error, retry }: { error: unknown; retry?: () => void }) => {
  const {
    title,
    detail,
    errors = [],
  } = error instanceof Refused
    ? error.problem
    : {
        title: 'The console failed',
        detail: 'Reload the page; if it happens again, tell your Attune administrator.',
        errors: [],
      };
  return (
    <div className="notice" data-tone="bad" role="alert">
      <strong>{title}</strong>
      {retry !== undefined && (
        <span className="actions">
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        </span>
      )}
      <p>{detail}</p>
      {errors.length > 0 && (
        <ul className="small">
          {errors.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};
