import { Combobox } from '@base-ui/react/combobox';

type Item = { readonly value: string; readonly text: string; readonly more: string };

/** Chooses one of many by typing a part of its text. */
export const Choose = ({
  label,
  items,
  value,
  choose,
}: {
  label: string;
  items: readonly Item[];
  value: string;
  choose: (value: string) => void;
}) => {
  const chosen = items.find((one) => one.value === value) ?? null;
  return (
    <Combobox.Root
      items={items}
      value={chosen}
      onValueChange={(item: Item | null) => item !== null && choose(item.value)}
      itemToStringLabel={({ text }: Item) => text}
      isItemEqualToValue={(a: Item, b: Item) => a.value === b.value}
      limit={100}
    >
      <span className="small muted" aria-hidden="true">
        {label}
      </span>
      <Combobox.Input className="input choose" aria-label={label} />
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="end">
          <Combobox.Popup className="list">
            <Combobox.Empty>
              <div className="small muted pad">Nobody in the sample has that name.</div>
            </Combobox.Empty>
            <Combobox.List>
              {(item: Item) => (
                <Combobox.Item key={item.value} value={item}>
                  <bdi>{item.text}</bdi>
                  {item.more !== '' && <bdi className="muted small">{item.more}</bdi>}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
};
