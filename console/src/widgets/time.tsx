import { useEffect, useState } from 'react';
import { useSettings } from '../settings.tsx';

/** A moment in the zone chosen, always with the zone's name. */
export const Moment = ({ at }: { at: string }) => {
  const { zone } = useSettings();
  return (
    <time dateTime={at} title={exact(at, 'UTC')}>
      {exact(at, zone)}
    </time>
  );
};

/** How long ago something was, with the exact moment at hand. */
export const Ago = ({ at }: { at: string }) => {
  const { zone } = useSettings();
  const [, setTicks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTicks((ticks) => ticks + 1), 15_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={exact(at, zone)}>
      {ago(Date.parse(at), Date.now())}
    </time>
  );
};

/** A moment in a zone, to the minute, with the zone's name. */
export const exact = (at: string, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone: zone,
  }).format(new Date(at));

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const ago = (then: number, now: number): string => {
  const seconds = Math.round((then - now) / 1000);
  const far = Math.abs(seconds);
  if (far < 45) return seconds <= 0 ? 'just now' : 'in a moment';
  if (far < 3_600) return relative.format(Math.round(seconds / 60), 'minute');
  if (far < 86_400) return relative.format(Math.round(seconds / 3_600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
};

/** A span as people say it. */
export const span = (ms: number): string => {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
};

const counts = new Intl.NumberFormat('en');

/** A count as people read it. */
export const count = (value: number): string => counts.format(value);

/** A count with what is counted, one or many. */
export const many = (value: number, one: string, several = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : several}`;
