/** The same keys with other values: the compiler knows the keys of the result as well as those of the record. */
export const mapValues = <Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  to: (value: From, key: Key) => To,
): Record<Key, To> => {
  const mapped: Partial<Record<Key, To>> = {};
  for (const key of keysOf(record)) mapped[key] = to(record[key], key);
  // Every key of the record has been set.
  return mapped as Record<Key, To>;
};

/** The keys of a record whose keys are all known. */
export const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] =>
  Object.keys(record) as Key[];
