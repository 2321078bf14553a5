/** How many days a connector keeps what its runs did, unless its document says otherwise. */
export const standardRetentionDays = 90;

/**
 * For how many days the guard can count slow losses: the list of people read is kept that long, and the window cannot
 * be longer.
 */
export const longestWindowDays = 14;

/** How long the people a run staged are kept behind its end, in hours. */
export const stagingHours = 24;
