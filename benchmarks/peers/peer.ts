/** A peer as a load tool: a command line for so many seconds, and how to read what it says at the end. */

import type { LoadRun, LoadTool } from '../load-tool.ts';
import { type Command, measureCommand } from '../measured-command.ts';

export interface Peer {
  readonly name: string;
  readonly unequal: readonly string[];
  command(seconds: number): Pick<Command, 'command' | 'args' | 'env' | 'exitCodes'>;
  /** What it counted; looks at its standard output, or at what it wrote elsewhere. */
  read(stdout: string, seconds: number): PeerCounts | Promise<PeerCounts>;
}

export type PeerCounts = Pick<LoadRun, 'completed' | 'failed' | 'perSecond'>;

/** Beyond its load: start, last answers, report. */
const graceMs = 30_000;

export function peer({ name, unequal, command, read }: Peer): LoadTool {
  return {
    name,
    unequal,
    async run(seconds, signal) {
      const measured = await measureCommand({ name, ...command(seconds), deadlineMs: seconds * 1e3 + graceMs }, signal);
      return { measured, ...(await read(measured.stdout, seconds)) };
    },
  };
}

/** The last line that is a JSON object: what the clients written here print. */
export function lastJsonLine(stdout: string): PeerCounts {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as PeerCounts;
}

/** The number that the pattern's first group finds; 0 when it is not said. */
export function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
