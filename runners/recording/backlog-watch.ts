/** Reads a backlog about twice a second for as long as a trial lasts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { BacklogGauge } from '../../targets/backlog-gauge.ts';

export interface BacklogSample {
  /** Monotonic, of the answer. */
  readonly atUs: number;
  readonly messages: number;
}

const readDeadlineMs = 3_000;

export interface BacklogWatchOptions {
  readonly everyMs: number;
  /** Of a trial however long: at this many, they are thinned out to half. */
  readonly mostSamples: number;
  /** Longer than a consumer takes from the end of its work to its commit. */
  readonly settleMs: number;
}

export class BacklogWatch {
  readonly #gauge: BacklogGauge;
  readonly #options: BacklogWatchOptions;
  readonly #over = new AbortController();
  readonly #ended: Promise<void>;
  #samples: BacklogSample[] = [];
  /** Readings that a sample stands for: the highest of them. */
  #readingsEach = 1;
  #readings: BacklogSample[] = [];

  constructor(gauge: BacklogGauge, options: BacklogWatchOptions = { everyMs: 500, mostSamples: 2_000, settleMs: 300 }) {
    this.#gauge = gauge;
    this.#options = options;
    this.#ended = this.#watch();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const nextMs = performance.now() + this.#options.everyMs;
      await this.#read();
      await sleep(Math.max(0, nextMs - performance.now()), undefined, { signal }).catch(() => undefined);
    }
  }

  /** A broker that is down has no backlog that anybody knows: there is no sample then. */
  async #read(): Promise<BacklogSample | null> {
    const timeUp = this.#timeUp();
    const messages = await Promise.race([this.#gauge.read().catch(() => null), timeUp]);
    if (messages === null) return null;
    const reading = { atUs: monotonicNowUs(), messages };
    this.#readings.push(reading);
    if (this.#readings.length < this.#readingsEach) return reading;
    this.#samples.push(highestOf(this.#readings));
    this.#readings = [];
    if (this.#samples.length >= this.#options.mostSamples) this.#thinOut();
    return reading;
  }

  /** Ends with the watch, too, but not before a last reading has had its time. */
  #timeUp(): Promise<null> {
    const { signal } = this.#over;
    const options = { ref: false, ...(!signal.aborted && { signal }) };
    return sleep(readDeadlineMs, null, options).catch(() => null);
  }

  #thinOut(): void {
    const samples = this.#samples;
    this.#samples = [];
    for (let n = 0; n < samples.length; n += 2) this.#samples.push(highestOf(samples.slice(n, n + 2)));
    this.#readingsEach *= 2;
  }

  /**
   * One last reading when a consumer that is done has had the time to say so; then as `stop`. `atEnd`: messages that wait
   * then, null when the broker could not say: an earlier reading tells nothing of what is left.
   */
  async finish(): Promise<{ readonly samples: readonly BacklogSample[]; readonly atEnd: number | null }> {
    await sleep(this.#options.settleMs);
    await this.#stopWatching();
    const last = await this.#read();
    return { samples: await this.stop(), atEnd: last?.messages ?? null };
  }

  async #stopWatching(): Promise<void> {
    this.#over.abort();
    await this.#ended;
  }

  /** Ends the watch; resolves with all samples, in the order of time. May be called again. */
  async stop(): Promise<readonly BacklogSample[]> {
    await this.#stopWatching();
    await this.#gauge.close();
    return this.#readings.length === 0 ? this.#samples : [...this.#samples, highestOf(this.#readings)];
  }
}

function highestOf(samples: readonly BacklogSample[]): BacklogSample {
  return samples.reduce((highest, sample) => (sample.messages > highest.messages ? sample : highest));
}
