/**
 * Every operation of a load worker as a line of JSON, written while the load flows: the lines of a few dozen KiB are joined and
 * appended in one write, so that workers share a file without cutting each other's lines, and memory stays as it is. A file that
 * takes no more ends the lines, never the trial.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

const chunkCharacters = 48 * 1024;

export interface SampleTarget {
  /** Appended to; it exists. */
  readonly path: string;
  readonly trial: string;
}

export interface SampleLogData {
  readonly lines: number;
  /** Why the lines end before the load did; null: they do not. */
  readonly trouble: string | null;
}

/** Times are µs from the end of warm-up; null: it never came so far. */
export interface Sample {
  /** Index of operation and phase. */
  readonly operation: number;
  readonly phase: number;
  /** null: it was never made. */
  readonly id: string | null;
  readonly key: string | null;
  readonly outcome: 'ok' | 'rejected' | 'failed' | 'timedOut' | 'dropped';
  /** '' for what was ok. */
  readonly reason: string;
  readonly attempts: number;
  readonly intendedUs: number;
  /** The generator took it up. */
  readonly sentUs: number | null;
  /** Of the last attempt: handed to a connection. */
  readonly firstByteUs: number | null;
  readonly acknowledgedUs: number | null;
  /** It ended, however it did. */
  readonly completedUs: number;
}

export class SampleLog {
  readonly #descriptor: number;
  /** By operation and by phase: the parts of a line that are always the same. */
  readonly #heads: readonly string[];
  readonly #phases: readonly string[];
  readonly #reasons = new Map<string, string>();
  #waiting = '';
  #lines = 0;
  #trouble: string | null = null;

  /** Throws when the file cannot be opened. */
  constructor(target: SampleTarget, worker: number, operations: readonly string[], phases: readonly string[]) {
    this.#descriptor = openSync(target.path, 'a');
    const start = `{"trial":${JSON.stringify(target.trial)},"worker":${worker},"operation":`;
    this.#heads = operations.map((name) => `${start}${JSON.stringify(name)},"phase":`);
    this.#phases = phases.map((name) => `${JSON.stringify(name)},"id":`);
  }

  add(sample: Sample): void {
    if (this.#trouble !== null) return;
    const { operation, phase, id, key, outcome, attempts } = sample;
    const times = `"intendedUs":${Math.round(sample.intendedUs)},"sentUs":${rounded(sample.sentUs)},"firstByteUs":${rounded(sample.firstByteUs)},"acknowledgedUs":${rounded(sample.acknowledgedUs)},"completedUs":${Math.round(sample.completedUs)}`;
    this.#waiting += `${this.#heads[operation]}${this.#phases[phase]}${JSON.stringify(id)},"key":${JSON.stringify(key)},"outcome":"${outcome}","reason":${this.#reasonText(sample.reason)},"attempts":${attempts},${times}}\n`;
    this.#lines++;
    if (this.#waiting.length >= chunkCharacters) this.flush();
  }

  /** So that whoever follows the file sees a slow load, too. */
  flush(): void {
    if (this.#waiting === '' || this.#trouble !== null) return;
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
      }
    } catch (error) {
      this.#trouble = (error as Error).message;
    }
  }

  close(): SampleLogData {
    this.flush();
    closeSync(this.#descriptor);
    return { lines: this.#lines, trouble: this.#trouble };
  }

  /** Of a few kinds: each is made into JSON once, up to so many that a peer's own words cannot fill the memory. */
  #reasonText(reason: string): string {
    const known = this.#reasons.get(reason);
    if (known !== undefined) return known;
    const text = reason === '' ? 'null' : JSON.stringify(reason);
    if (this.#reasons.size < 256) this.#reasons.set(reason, text);
    return text;
  }
}

function rounded(us: number | null): number | null {
  return us === null ? null : Math.round(us);
}
