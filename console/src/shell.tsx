import { Menu } from '@base-ui/react/menu';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useSettings } from './settings.tsx';
import { useSignedIn } from './signed-in.tsx';
import { needs } from './text/abilities.ts';
import { Keys } from './widgets/keys.tsx';
import { Mark } from './widgets/pictures/mark.tsx';
import { Toasts } from './widgets/toasts.tsx';

const places = [
  { to: '/', text: 'Overview', key: 'o' },
  { to: '/connectors', text: 'Connectors', key: 'c' },
  { to: '/runs', text: 'Runs', key: 'r' },
  { to: '/people', text: 'People', key: 'p' },
  { to: '/targets', text: 'Targets', key: 't' },
  { to: '/history', text: 'History', key: 'h' },
  { to: '/settings', text: 'Settings', key: 's' },
] as const;

/** What stands around every page: where to go, what goes on, and what is shown. */
export const Shell = ({ children }: { children: ReactNode }) => {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [asked, setAsked] = useState(false);
  const { held } = useSignedIn();
  useShortcuts(() => setAsked(true));

  // A reader of the screen is told of the new page; the page's own title is set by the page.
  const last = useRef(path);
  useEffect(() => {
    if (last.current !== path) main.current?.focus({ preventScroll: true });
    last.current = path;
  }, [path]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Link to="/" className="brand">
        <Mark />
        Attune
      </Link>
      <Top />
      <nav aria-label="Pages">
        <ul>
          {places.map(({ to, text }) => (
            <li key={to}>
              <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
                {text}
                {to === '/runs' && held !== null && held > 0 && (
                  <span className="count">
                    {held}
                    <span className="visually-hidden"> held</span>
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <Toasts />
      <Keys open={asked} setOpen={setAsked} places={places} />
    </div>
  );
};

const Top = () => {
  const { shown, setShown, theme, setTheme, zone, zoneChoice, setZone, keys, setKeys } = useSettings();
  const { session, stream, leave, may } = useSignedIn();
  const live = stream.is === 'live';
  return (
    <div className="top">
      <span className="state" data-tone={live ? 'ok' : stream.is === 'waiting' ? 'warn' : 'quiet'} role="status">
        {live
          ? 'Live'
          : stream.is === 'waiting'
            ? `Connection lost, trying again in ${Math.max(1, Math.round(stream.wait / 1000))} s`
            : 'Not live'}
      </span>
      <span className="spring" />
      <button
        type="button"
        className="button"
        data-kind="quiet"
        aria-pressed={shown}
        disabled={!may('values')}
        title={may('values') ? undefined : needs('values')}
        onClick={() => setShown(!shown)}
      >
        {shown ? 'Hide values' : 'Show values'}
      </button>
      <Menu.Root>
        <Menu.Trigger className="button" data-kind="quiet">
          {zoneChoice === 'UTC' ? 'UTC' : zone}
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={6} align="end">
            <Menu.Popup className="menu">
              <Menu.Item onClick={() => setZone('browser')}>This browser's time</Menu.Item>
              <Menu.Item onClick={() => setZone('UTC')}>UTC</Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <Menu.Root>
        <Menu.Trigger className="button" data-kind="quiet">
          <span className="visually-hidden">Signed in as </span>
          {session.name}
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={6} align="end">
            <Menu.Popup className="menu">
              {(['system', 'light', 'dark'] as const).map((one) => (
                <Menu.Item key={one} onClick={() => setTheme(one)}>
                  {one === 'system' ? 'Light or dark, like the system' : one === 'light' ? 'Light' : 'Dark'}
                  {theme === one ? ' (chosen)' : ''}
                </Menu.Item>
              ))}
              <Menu.Item onClick={() => setKeys(!keys)}>
                {keys ? 'Turn single keys off' : 'Turn single keys on'}
              </Menu.Item>
              {session.temporalUi !== null && (
                <Menu.Item render={<a href={session.temporalUi} target="_blank" rel="noreferrer" />}>
                  Temporal, for the curious
                </Menu.Item>
              )}
              <Menu.Item onClick={leave}>Sign out</Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
};

/** Single keys (WCAG 2.1.4: they can be switched off), silent while somebody writes. */
const useShortcuts = (ask: () => void): void => {
  const navigate = useNavigate();
  const { keys } = useSettings();
  useEffect(() => {
    if (!keys) return;
    let going = 0;
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return;
      if (target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"]')) return;
      if (going > Date.now() - 1_500) {
        const place = places.find(({ key }) => key === event.key);
        going = 0;
        if (place !== undefined) void navigate({ to: place.to });
        return;
      }
      if (event.key === 'g') going = Date.now();
      else if (event.key === '?') ask();
      else if (event.key === '/') {
        const search = document.querySelector<HTMLElement>('[data-search]');
        if (search !== null) {
          event.preventDefault();
          search.focus();
        }
      } else if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [keys, navigate, ask]);
};

/** Goes to the next or last row of the table in view: each row's first link takes the focus. */
const step = (by: 1 | -1): void => {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
  const at = links.indexOf(document.activeElement instanceof HTMLElement ? document.activeElement : document.body);
  links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
};
