/** Whether what reads showed was overtaken by then, and whether a client was led back in time. */
import { LatencyCounts } from '../../result/latency-counts.ts';
import { summariseLatency } from '../../result/latency-summary.ts';
import type { StaleReads } from '../../result/result-types.ts';

/** A read that was ok, or a change that was acknowledged. Times in monotonic µs, of one clock. */
export interface ShownVersion {
  readonly key: number;
  /** Of all load workers. */
  readonly client: number;
  readonly isRead: boolean;
  readonly sentUs: number;
  readonly endedUs: number;
  /** From 1. */
  readonly version: number;
  readonly isMeasured: boolean;
}

/** `maxAgeUs`: for how long a cache may show what it has; 0: not at all. */
export function staleReads(shown: readonly ShownVersion[], maxAgeUs: number): StaleReads {
  const ages = new LatencyCounts();
  const all = new LatencyCounts();
  let illegal = 0;
  let backwards = 0;
  let ownUnread = 0;
  for (const ofKey of Map.groupBy(shown, ({ key }) => key).values()) {
    const overtaken = new OvertakenAt(ofKey);
    for (const read of ofKey) {
      if (!read.isRead || !read.isMeasured) continue;
      const ageUs = Math.max(0, read.sentUs - overtaken.at(read.version));
      all.record(ageUs);
      if (ageUs === 0) continue;
      ages.record(ageUs);
      if (ageUs > maxAgeUs) illegal++;
    }
    for (const ofClient of Map.groupBy(ofKey, ({ client }) => client).values()) {
      const led = ledBack(ofClient);
      backwards += led.backwards;
      ownUnread += led.ownUnread;
    }
  }
  return {
    checked: all.count,
    // Who makes an order shows its first version, which overtakes none.
    changes: shown.filter(({ isRead, version }) => !isRead && version > 1).length,
    reads: ages.count,
    illegal,
    ageUs: summariseLatency(ages),
    overallUs: summariseLatency(all),
    backwards,
    ownUnread,
  };
}

/** When the first version newer than another was acknowledged. */
class OvertakenAt {
  readonly #versions: readonly number[];
  /** By place: the earliest of it and all newer ones. */
  readonly #sinceUs: Float64Array;

  constructor(shown: readonly ShownVersion[]) {
    const changes = shown.filter(({ isRead }) => !isRead).sort((a, b) => a.version - b.version);
    this.#versions = changes.map(({ version }) => version);
    this.#sinceUs = new Float64Array(changes.length + 1).fill(Number.POSITIVE_INFINITY);
    for (let n = changes.length - 1; n >= 0; n--) {
      this.#sinceUs[n] = Math.min(this.#sinceUs[n + 1] as number, changes[n]?.endedUs ?? Number.POSITIVE_INFINITY);
    }
  }

  /** Infinity: never. */
  at(version: number): number {
    let low = 0;
    for (let high = this.#versions.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((this.#versions[middle] as number) > version) high = middle;
      else low = middle + 1;
    }
    return this.#sinceUs[low] as number;
  }
}

/** Of one client and key: what was over before a read was sent is what that client knows by then. */
function ledBack(shown: readonly ShownVersion[]): { readonly backwards: number; readonly ownUnread: number } {
  const ended = [...shown].sort((a, b) => a.endedUs - b.endedUs);
  const reads = shown.filter(({ isRead }) => isRead).sort((a, b) => a.sentUs - b.sentUs);
  let at = 0;
  let read = 0;
  let made = 0;
  let backwards = 0;
  let ownUnread = 0;
  for (const { sentUs, version, isMeasured } of reads) {
    for (let known = ended[at]; known !== undefined && known.endedUs < sentUs; known = ended[++at]) {
      if (known.isRead) read = Math.max(read, known.version);
      else made = Math.max(made, known.version);
    }
    if (isMeasured && version < read) backwards++;
    if (isMeasured && version < made) ownUnread++;
  }
  return { backwards, ownUnread };
}
