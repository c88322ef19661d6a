/** Who calls which version when, and who was told that it is deprecated: by operation, in intervals from the end of warm-up. */

export interface VersionCourseData {
  /** [operation][interval]: begun, by intended start. */
  readonly calls: readonly (readonly number[])[];
  /** [operation][interval]: of those, answers that said so. */
  readonly told: readonly (readonly number[])[];
  /** By operation, as written last; null: nothing was said of it. */
  readonly deprecations: readonly (string | null)[];
  readonly sunsets: readonly (string | null)[];
}

export class VersionCourse {
  readonly #intervalUs: number;
  readonly #warmupUs: number;
  readonly #calls: number[][];
  readonly #told: number[][];
  readonly #deprecations: (string | null)[];
  readonly #sunsets: (string | null)[];

  constructor(operations: number, intervalMs: number, warmupMs: number) {
    this.#intervalUs = intervalMs * 1e3;
    this.#warmupUs = warmupMs * 1e3;
    this.#calls = Array.from({ length: operations }, () => []);
    this.#told = Array.from({ length: operations }, () => []);
    this.#deprecations = Array.from({ length: operations }, () => null);
    this.#sunsets = Array.from({ length: operations }, () => null);
  }

  /** `offsetUs`: intended start, from the start of the load. */
  offered(operation: number, offsetUs: number): void {
    this.#count(this.#calls[operation], offsetUs);
  }

  /** `offsetUs`: that of the operation. */
  told(operation: number, offsetUs: number, since: string, sunset: string | null): void {
    this.#count(this.#told[operation], offsetUs);
    this.#deprecations[operation] = since;
    this.#sunsets[operation] = sunset;
  }

  #count(counts: number[] | undefined, offsetUs: number): void {
    if (counts === undefined || offsetUs < this.#warmupUs) return;
    const index = Math.floor((offsetUs - this.#warmupUs) / this.#intervalUs);
    while (counts.length <= index) counts.push(0);
    counts[index] = (counts[index] as number) + 1;
  }

  /** null: no operation has a version, and nobody was told anything. */
  toData(): VersionCourseData | null {
    if ([...this.#calls, ...this.#told].every(({ length }) => length === 0)) return null;
    return {
      ...{ calls: this.#calls, told: this.#told },
      ...{ deprecations: this.#deprecations, sunsets: this.#sunsets },
    };
  }
}
