/** One of several things a list can be narrowed to; the first choice takes all. */
export const Filter = ({
  label,
  all,
  choices,
  value,
  choose,
}: {
  label: string;
  /** What stands there while nothing is chosen. */
  all: string;
  choices: readonly (readonly [value: string, text: string])[];
  value: string | undefined;
  choose: (value: string | undefined) => void;
}) => (
  <label className="filter">
    <span className="small muted">{label}</span>
    <select
      className="select"
      value={value ?? ''}
      onChange={({ target }) => choose(target.value === '' ? undefined : target.value)}
    >
      <option value="">{all}</option>
      {choices.map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

/** The parts of an address with one of them set, or taken away. */
export const withFilter = <Search extends object>(search: Search, name: keyof Search, value: string | undefined) => {
  const { [name]: _, ...rest } = search;
  return value === undefined ? rest : { ...rest, [name]: value };
};
