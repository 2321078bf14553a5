import type { LabelWire, NamesWire } from '../api/schemas/labels.ts';

/** How a person is shown: by login, else by name, else by the id of the identity provider. */
export const shownAs = (person: string, label: LabelWire | null): string => label?.login ?? label?.name ?? person;

/** What a person is called beside the id, as far as that is known: `Zoë Ott, zoe@acme.example`. */
export const namedText = ({ name, login, mail }: LabelWire): string =>
  [...new Set([name, login ?? mail])].filter((part) => part !== null).join(', ');

/** A sentence with what those are called whom it names by their ids. */
export const withNames = (sentence: string, people: readonly string[] | undefined, names: NamesWire): string => {
  const known = (people ?? []).flatMap((person) => {
    const label = names[person];
    const text = label === undefined ? '' : namedText(label);
    return text === '' ? [] : [`${person} is ${text}.`];
  });
  return [sentence, ...known].join(' ');
};
