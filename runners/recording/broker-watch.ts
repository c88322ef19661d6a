/** What a broker takes of this machine while a trial lasts, from before the load until all is drained: memory and disk. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SpaceCourse } from '../../result/result-types.ts';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';

const everyMs = 1_000;
const blockBytes = 512;

/** Bytes; null: never known. */
export interface BrokerSpace {
  readonly memory: SpaceCourse | null;
  readonly disk: SpaceCourse | null;
}

export class BrokerWatch {
  readonly #processes: readonly Pick<SupervisedProcess, 'residentBytes'>[];
  readonly #folders: readonly string[];
  readonly #over = new AbortController();
  readonly #ended: Promise<void>;
  #memory: SpaceCourse | null = null;
  #disk: SpaceCourse | null = null;

  /** `folders`: where it keeps its data; none: not on this machine, or not ours. */
  constructor(processes: readonly Pick<SupervisedProcess, 'residentBytes'>[], folders: readonly string[]) {
    this.#processes = processes;
    this.#folders = folders;
    this.#ended = this.#watch();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      await this.#look();
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Of several nodes one may be gone for a while: there is no sum then. */
  async #look(): Promise<void> {
    const resident = this.#processes.flatMap((one) => one.residentBytes() ?? []);
    if (resident.length > 0 && resident.length === this.#processes.length) {
      this.#memory = withReading(this.#memory, sum(resident));
    }
    if (this.#folders.length === 0) return;
    const sizes = await Promise.all(this.#folders.map(folderBytes));
    this.#disk = withReading(this.#disk, sum(sizes));
  }

  /** With one last reading. */
  async stop(): Promise<BrokerSpace> {
    if (!this.#over.signal.aborted) {
      this.#over.abort();
      await this.#ended;
      await this.#look();
    }
    await this.#ended;
    return { memory: this.#memory, disk: this.#disk };
  }
}

function withReading(course: SpaceCourse | null, bytes: number): SpaceCourse {
  if (course === null) return { startBytes: bytes, highestBytes: bytes, endBytes: bytes };
  return { ...course, highestBytes: Math.max(course.highestBytes, bytes), endBytes: bytes };
}

/** What is really taken of the disk: files of brokers have holes. What goes while it is counted is not counted. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      if (!entry.isFile()) return 0;
      const found = await lstat(join(entry.parentPath, entry.name)).catch(() => null);
      return found === null ? 0 : found.blocks * blockBytes;
    }),
  );
  return sum(sizes);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
