/** Of a target that every run can reach. */
export const notAwaited = 'no run is waiting for it';
