/** How arguments with a value are read, the same for all commands. */

/** An option with one value. */
export const text = { type: 'string', nargs: 1 } as const;

/** An option that may be given again for more. nargs: 1, or `--target rest scenario.yaml` would take the file for a second target. */
export const list = { ...text, array: true } as const;

/** What a command is about: one or more, without an option's name. */
export const several = { type: 'string', array: true, demandOption: true } as const;
