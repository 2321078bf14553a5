/** Where a command writes and what it knows of its surroundings; results go to `out`, all else to `err`. */
export type Io = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether `err` is a terminal on which a line can be redrawn. */
  readonly live: boolean;
};

/** The surroundings of the process itself. */
export const processIo: Io = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  env: process.env,
  live: process.stderr.isTTY ?? false,
};
