/** What to do about a reason that has no remedy. */
export const asIntended = 'Nothing: this is as intended.';

/** While a person is looked up everywhere. */
export const readingPerson = 'Reading the person from the directory and each target…';
