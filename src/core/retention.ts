/** How many days a connector keeps what its runs did, unless its document says otherwise. */
export const standardRetentionDays = 90;

/** How long the people a run staged are kept behind its end, in hours. */
export const stagingHours = 24;
