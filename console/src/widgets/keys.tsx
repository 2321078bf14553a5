import { Dialog } from '@base-ui/react/dialog';

/** The keys there are. */
export const Keys = ({
  open,
  setOpen,
  places,
}: {
  open: boolean;
  setOpen: (open: boolean) => void;
  places: readonly { readonly text: string; readonly key: string }[];
}) => (
  <Dialog.Root open={open} onOpenChange={setOpen}>
    <Dialog.Portal>
      <Dialog.Backdrop className="backdrop" />
      <Dialog.Popup className="dialog keys">
        <header>
          <Dialog.Title render={<h2 />}>Keys</Dialog.Title>
        </header>
        <div className="body">
          <table className="table">
            <tbody>
              {places.map(({ text, key }) => (
                <tr key={key}>
                  <td>{text}</td>
                  <td>
                    <kbd>g</kbd> <kbd>{key}</kbd>
                  </td>
                </tr>
              ))}
              <tr>
                <td>Search on the page</td>
                <td>
                  <kbd>/</kbd>
                </td>
              </tr>
              <tr>
                <td>Next or previous row</td>
                <td>
                  <kbd>j</kbd> <kbd>k</kbd>
                </td>
              </tr>
              <tr>
                <td>Save your changes</td>
                <td>
                  <kbd>Ctrl</kbd> <kbd>S</kbd>
                </td>
              </tr>
              <tr>
                <td>Close</td>
                <td>
                  <kbd>Esc</kbd>
                </td>
              </tr>
            </tbody>
          </table>
        </div>
        <footer>
          <Dialog.Close className="button">Close</Dialog.Close>
        </footer>
      </Dialog.Popup>
    </Dialog.Portal>
  </Dialog.Root>
);
