import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

export type Theme = 'system' | 'light' | 'dark';
export type Zone = 'browser' | 'UTC';

type Settings = {
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
  /** The time zone all moments are told in, by its name. */
  readonly zone: string;
  readonly zoneChoice: Zone;
  readonly setZone: (zone: Zone) => void;
  /** Whether personal values are shown in this tab. */
  readonly shown: boolean;
  readonly setShown: (shown: boolean) => void;
  /** Whether single keys act. */
  readonly keys: boolean;
  readonly setKeys: (keys: boolean) => void;
};

const Context = createContext<Settings | null>(null);

/** How long values stay shown without a touch. */
const shownMs = 15 * 60_000;

/** Choices of this browser. None of them is a personal value, and whether values are shown is forgotten with the tab. */
export const SettingsProvider = ({ children }: { children: ReactNode }) => {
  const [theme, setTheme] = useKept<Theme>('attune.theme', ['system', 'light', 'dark']);
  const [zoneChoice, setZone] = useKept<Zone>('attune.zone', ['browser', 'UTC']);
  const [keys, setKeys] = useKept<'on' | 'off'>('attune.keys', ['on', 'off']);
  const [shown, setShown] = useState(false);

  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);

  useEffect(() => {
    if (!shown) return;
    let timer = setTimeout(() => setShown(false), shownMs);
    const touched = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => setShown(false), shownMs);
    };
    const events = ['pointerdown', 'keydown', 'wheel'] as const;
    for (const name of events) window.addEventListener(name, touched, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const name of events) window.removeEventListener(name, touched);
    };
  }, [shown]);

  const zone = zoneChoice === 'UTC' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const settings = useMemo(
    () => ({
      theme,
      setTheme,
      zone,
      zoneChoice,
      setZone,
      shown,
      setShown,
      keys: keys === 'on',
      setKeys: (on: boolean) => setKeys(on ? 'on' : 'off'),
    }),
    [theme, setTheme, zone, zoneChoice, setZone, shown, keys, setKeys],
  );
  return <Context value={settings}>{children}</Context>;
};

/** The choices of this browser. */
export const useSettings = (): Settings => {
  const settings = useContext(Context);
  if (settings === null) throw new Error('the settings are asked for outside their provider');
  return settings;
};

/** A choice that this browser keeps; the first one is the default. */
const useKept = <T extends string>(key: string, choices: readonly [T, ...T[]]): [T, (value: T) => void] => {
  const [value, setValue] = useState<T>(() => choices.find((one) => one === localStorage.getItem(key)) ?? choices[0]);
  const keep = useMemo(
    () => (next: T) => {
      localStorage.setItem(key, next);
      setValue(next);
    },
    [key],
  );
  return [value, keep];
};
