/** Asks before anything is installed; where nobody can be asked the answer is no. */

import { createInterface } from 'node:readline/promises';
import type { MissingPart } from '../targets/stack/install.ts';
import { printNote } from './print.ts';

export function confirmInstall(yes: boolean): (missing: readonly MissingPart[]) => Promise<boolean> {
  return async (missing) => {
    if (yes) return true;
    if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
    const lines = missing.flatMap(({ title, commands, cost }) => [
      `  ${title} (${cost})`,
      ...commands.map((command) => `    ${command}`),
    ]);
    printNote(`Missing on this machine:\n${lines.join('\n')}\n`);
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await prompt.question('Install now? [y/N] ')).trim());
    } finally {
      prompt.close();
    }
  };
}
