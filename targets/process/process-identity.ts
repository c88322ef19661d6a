/** What names a process for good, so that a pid that was given out again is never mistaken for it. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { readProcessStat } from './process-tree.ts';

/** Without /proc nobody can tell whether a pid still means the same. */
export const unknownStart = -1;

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, or `unknownStart`. */
  readonly startTicks: number;
}

export function identify(pid: number): ProcessIdentity {
  return { pid, startTicks: readProcessStat(pid)?.startTicks ?? unknownStart };
}

/** A zombie is not. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  if (startTicks === unknownStart) return isSignalable(pid);
  const found = readProcessStat(pid);
  return found !== null && !found.isZombie && found.startTicks === startTicks;
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Where pids mean anything: one boot of one machine, one pid namespace (containers may share a folder). */
export interface PidSpace {
  readonly boot: string;
  readonly namespace: string;
}

export function pidSpace(): PidSpace {
  return {
    boot: unlessMissing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: unlessMissing(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/**
 * `<pid space>-<pid>-<start>`, to be part of the name of whatever this process puts where it may stay behind: a later run
 * tells by it that its owner is gone.
 */
export function ownerTag(): string {
  const { pid, startTicks } = identify(process.pid);
  return `${pidSpaceTag()}-${pid}-${startTicks}`;
}

/** Whether a name holds the tag of a process of this pid space that has ended. */
export function isAbandoned(name: string): boolean {
  const [, space, pid, startTicks] = /([0-9a-f]{8})-(\d+)-(\d+)/.exec(name) ?? [];
  return space === pidSpaceTag() && !isAlive({ pid: Number(pid), startTicks: Number(startTicks) });
}

function pidSpaceTag(): string {
  return createHash('sha256').update(JSON.stringify(pidSpace())).digest('hex').slice(0, 8);
}

function unlessMissing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
