/** What /proc tells of a process and its descendants. Linux; elsewhere nothing. */
import { readdirSync, readFileSync } from 'node:fs';

const clockTickUs = 10_000; // USER_HZ is 100 on every Linux that Node runs on

export interface ProcessStat {
  /** As in proc(5): R, S, D, T (stopped), Z, … */
  readonly state: string;
  readonly parent: number;
  /** It has ended and waits to be reaped. */
  readonly isZombie: boolean;
  /** User + system, those of reaped children included. */
  readonly cpuUs: number;
  /** Clock ticks after boot: with the pid it names a process for good. */
  readonly startTicks: number;
}

/** null when there is no such process, or no /proc. */
export function readProcessStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field, the name, may hold spaces and brackets: count from behind its last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]); // numbered as in proc(5)
  const ticks = field(14) + field(15) + field(16) + field(17);
  const state = fields[0] ?? '';
  const isZombie = state === 'Z' || state === 'X';
  return { state, parent: field(4), isZombie, cpuUs: ticks * clockTickUs, startTicks: field(22) };
}

/** User + system CPU of the process and its living descendants, reaped ones included. */
export function treeCpuUs(root: number): number | null {
  return sumOfTree(root, (pid) => readProcessStat(pid)?.cpuUs ?? null);
}

/** The process and its living descendants. */
export function treePids(root: number): number[] {
  return [root, ...childrenOf(root).flatMap(treePids)];
}

/** Resident memory of the process and its living descendants, bytes; what they share counts for each of them. */
export function treeResidentBytes(root: number): number | null {
  return sumOfTree(root, readResidentBytes);
}

/** Bytes that the process and its living descendants have had written to storage; null: not known, or not for us to read. */
export function treeWrittenBytes(root: number): number | null {
  return sumOfTree(root, readWrittenBytes);
}

function readWrittenBytes(pid: number): number | null {
  try {
    const bytes = /^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1];
    return bytes === undefined ? null : Number(bytes);
  } catch {
    return null;
  }
}

/** null when the root has none; a descendant without (it has just ended) adds nothing. */
function sumOfTree(root: number, of: (pid: number) => number | null): number | null {
  const own = of(root);
  if (own === null) return null;
  return childrenOf(root).reduce((sum, pid) => sum + (sumOfTree(pid, of) ?? 0), own);
}

function readResidentBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

function childrenOf(pid: number): number[] {
  const found: number[] = [];
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
      for (const child of text.split(' ')) if (child !== '') found.push(Number(child));
    }
  } catch {
    // It has just ended, or this kernel lists no children.
  }
  return found;
}
