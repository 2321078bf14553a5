import { Autocomplete } from '@base-ui/react/autocomplete';
import type { Offer } from '../../preview/offers.ts';
import { useSettings } from '../../settings.tsx';
import { percent } from '../pictures/share.tsx';

/** A path of the source: chosen from what the sample offers, or typed freely. */
export const PathBox = ({
  id,
  value,
  change,
  offers,
  people,
  label,
  hint,
}: {
  id: string;
  value: string;
  change: (path: string) => void;
  offers: readonly (Offer & { readonly hint?: string })[];
  people: number;
  label: string;
  hint?: string;
}) => {
  const { shown } = useSettings();
  return (
    <Autocomplete.Root
      items={offers}
      value={value}
      onValueChange={change}
      itemToStringValue={({ path }: Offer) => path}
      openOnInputClick
      limit={80}
    >
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <Autocomplete.Input
        id={id}
        className="input mono"
        placeholder="jobTitle"
        spellCheck={false}
        autoCapitalize="off"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={4} className="above">
          <Autocomplete.Popup className="list paths">
            <Autocomplete.Empty>
              <div className="small muted pad">No such path in the sample. It is kept as typed.</div>
            </Autocomplete.Empty>
            <Autocomplete.List>
              {(offer: Offer & { readonly hint?: string }) => (
                <Autocomplete.Item key={offer.path} value={offer}>
                  <span className="offer">
                    <span className="mono">{offer.path}</span>
                    {offer.hint !== undefined && (
                      <span className="tag" data-tone="ok">
                        {offer.hint}
                      </span>
                    )}
                    <span className="muted small">{people === 0 ? '' : percent(offer.filled / people)}</span>
                  </span>
                  <span className="muted small">
                    {offer.type === '' ? 'nobody in the sample has a value' : offer.type}
                    {offer.example !== '' && (
                      <>
                        , such as <bdi>{shown ? short(offer.example) : `••• ${offer.example.length}`}</bdi>
                      </>
                    )}
                  </span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
};

const short = (text: string): string => (text.length > 48 ? `${text.slice(0, 47)}…` : text);
