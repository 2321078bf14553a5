/** The environment of this process without anything that would lead to a database or a Temporal of somebody's own. */
export const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ATTUNE|TEMPORAL)_/.test(name)));
