/** A moment (ISO 8601) as people read it, to the minute: `2026-11-25 16:27 UTC`. */
export const moment = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;
