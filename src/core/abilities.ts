/** What a token may do: look, start runs, let held plans through, change the configuration. */
export type Ability = 'read' | 'run' | 'approve' | 'configure';

/** All abilities, in the order they are printed. */
export const abilities: readonly Ability[] = ['read', 'run', 'approve', 'configure'];
