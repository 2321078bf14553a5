import type { LabelWire } from '../api/schemas/labels.ts';
import { ChangePageWire } from '../api/schemas/run-lists.ts';
import type { Client } from '../client/client.ts';
import { byteOrderMark, csvLine } from '../client/csv.ts';
import { pages } from '../client/pages.ts';
import type { Io } from './io.ts';

const changeHeads = ['target', 'person', 'attribute', 'before', 'after', 'foreign', 'status', 'reason'] as const;

const labelHeads = ['name', 'login', 'mail'] as const;

/** The columns that say what a person is called, and the username of their account. */
export const calledHeads = [...labelHeads, 'account'] as const;

/** What a person is called, in the order of these columns. */
export const calledCells = ({ label, username }: Called): readonly (string | null)[] => [
  ...labelHeads.map((part) => label?.[part] ?? null),
  username,
];

type Called = { readonly label: LabelWire | null; readonly username: string | null };

/** The first line of a CSV file; with `bom` it begins with the mark that Excel needs to read accents. */
export const headOf = (heads: readonly string[], { bom = false }: { readonly bom?: boolean }): string =>
  `${bom ? byteOrderMark : ''}${csvLine(heads)}`;

/** Prints the changes of a run as CSV, those alone that the filter lets through. */
export const printChanges = async (
  io: Io,
  client: Client,
  path: string,
  filter: Readonly<Record<string, string>>,
  options: { readonly bom?: boolean },
): Promise<void> => {
  io.out(headOf([...changeHeads, ...calledHeads], options));
  for await (const { changes } of pages(client, `${path}/changes`, ChangePageWire, filter)) {
    for (const change of changes) {
      io.out(csvLine([...changeHeads.map((head) => change[head]), ...calledCells(change)]));
    }
  }
};
