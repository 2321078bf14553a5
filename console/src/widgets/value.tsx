import { useSettings } from '../settings.tsx';

/** A personal value: shown when this tab may show values, else dots with its length; nothing at all reads as such. */
export const Value = ({
  value,
  none = 'no value',
  gone = false,
}: {
  value: string | null;
  none?: string;
  gone?: boolean;
}) => {
  const { shown } = useSettings();
  if (value === null)
    return (
      <span className="value" data-none="true">
        {none}
      </span>
    );
  if (!shown) {
    return (
      <span className="value" data-hidden="true">
        <span aria-hidden="true">••• {value.length}</span>
        <span className="visually-hidden">hidden value of {value.length} characters</span>
      </span>
    );
  }
  return gone ? (
    <del className="value" dir="auto">
      {value}
    </del>
  ) : (
    <bdi className="value">{value}</bdi>
  );
};

/** What stands and what comes instead. */
export const Change = ({ before, after }: { before: string | null; after: string | null }) => (
  <span>
    <Value value={before} gone />
    <span aria-hidden="true"> → </span>
    <span className="visually-hidden"> becomes </span>
    <Value value={after} none="cleared" />
  </span>
);
