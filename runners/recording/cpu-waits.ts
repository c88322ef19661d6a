/**
 * How long the tasks of each part of a trial were ready to run and had no CPU, by the kernel's own count. Linux with
 * schedstats; elsewhere nothing is known.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { treePids } from '../../targets/process/process-tree.ts';
import { type CpuPart, cpuParts, type PartProcesses } from './cpu-account.ts';

/** Often, since what a thread that ended had waited after its last look is not known. */
const everyMs = 100;
/** Children are looked for less often than threads: to find them takes a read for each thread. */
const looksForEachTree = 10;

/** µs over all tasks of the part; null: no such part, or not known. */
export type PartWaits = Readonly<Record<CpuPart, number | null>>;

/** Looks at once, then every 100 ms until `signal` aborts, then a last time. */
export async function watchCpuWaits(processes: PartProcesses, signal: AbortSignal): Promise<PartWaits> {
  const parts = cpuParts.map((part) => ({ part, waits: new TaskWaits(rootsOf(part, processes)) }));
  try {
    for (;;) {
      for (const { waits } of parts) waits.look();
      if (signal.aborted) break;
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
    return Object.fromEntries(parts.map(({ part, waits }) => [part, waits.us])) as Record<CpuPart, number | null>;
  } finally {
    for (const { waits } of parts) waits.close();
  }
}

/** Pids, asked again at each look: a part that was killed comes back as another process. Of ours the children are parts. */
function rootsOf(part: CpuPart, processes: PartProcesses): (withChildren: boolean) => readonly number[] {
  if (part === 'generator') return () => [process.pid];
  const all = processes[part] ?? [];
  let known: readonly number[] = [];
  return (withChildren) => {
    const running = all.flatMap(({ exit, pid }) => (exit === null && pid !== 0 ? [pid] : []));
    if (withChildren) known = running.flatMap(treePids);
    return [...new Set([...running, ...known])];
  };
}

interface Task {
  readonly file: number;
  waitedNs: number;
}

class TaskWaits {
  readonly #pids: (withChildren: boolean) => readonly number[];
  /** By path. Kept open: a read is then a tenth of what opening costs. */
  readonly #tasks = new Map<string, Task>();
  readonly #buffer = Buffer.alloc(64);
  #looks = 0;
  #waitedNs = 0;
  #isKnown = false;

  constructor(pids: (withChildren: boolean) => readonly number[]) {
    this.#pids = pids;
  }

  /** null: no task could be read. */
  get us(): number | null {
    return this.#isKnown ? this.#waitedNs / 1e3 : null;
  }

  look(): void {
    for (const [path, task] of this.#tasks) this.#add(path, task);
    // A task that was not there at the first look has waited since it began, all of it within the time watched.
    const isFirst = this.#looks === 0;
    for (const pid of this.#pids(this.#looks++ % looksForEachTree === 0)) {
      for (const id of taskIds(pid)) {
        const path = `/proc/${pid}/task/${id}/schedstat`;
        if (!this.#tasks.has(path)) this.#open(path, isFirst);
      }
    }
  }

  close(): void {
    for (const { file } of this.#tasks.values()) closeSync(file);
    this.#tasks.clear();
  }

  #open(path: string, isFirst: boolean): void {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return; // it has just ended, or this kernel keeps no such account
    }
    const task = { file, waitedNs: isFirst ? (this.#read(file) ?? 0) : 0 };
    this.#tasks.set(path, task);
    this.#add(path, task);
  }

  #add(path: string, task: Task): void {
    const waitedNs = this.#read(task.file);
    if (waitedNs === null) {
      closeSync(task.file);
      this.#tasks.delete(path);
      return;
    }
    this.#isKnown = true;
    this.#waitedNs += Math.max(0, waitedNs - task.waitedNs);
    task.waitedNs = waitedNs;
  }

  /** ns since the task began: of `time on a CPU, time waited for one, time slices` the second. null: it has ended. */
  #read(file: number): number | null {
    try {
      const length = readSync(file, this.#buffer, 0, this.#buffer.length, 0);
      const waited = Number(this.#buffer.toString('latin1', 0, length).split(' ')[1]);
      return Number.isFinite(waited) ? waited : null;
    } catch {
      return null;
    }
  }
}

function taskIds(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
