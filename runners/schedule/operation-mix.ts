/** What each arrival does: its operation, key and payload, as a pure function of the seed and the arrival's index. */
import { hash32, randomStreams, uniform } from './seeded-random.ts';

export interface OperationMixSpec {
  readonly seed: number;
  /** By operation index. */
  readonly weights: readonly number[];
  readonly keys: { readonly count: number; readonly distribution: 'uniform' | 'zipf' };
}

export class OperationMix {
  readonly #seed: number;
  readonly #cumulative: readonly number[];
  readonly #keyCount: number;
  readonly #zipf: Float64Array | null;

  constructor(spec: OperationMixSpec) {
    this.#seed = spec.seed;
    const total = spec.weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    this.#cumulative = spec.weights.map((weight) => {
      sum += weight;
      return sum / total;
    });
    this.#keyCount = spec.keys.count;
    this.#zipf = spec.keys.distribution === 'zipf' ? zipfCumulative(spec.keys.count) : null;
  }

  operation(index: number): number {
    const draw = uniform(this.#seed, randomStreams.operation, index);
    const found = this.#cumulative.findIndex((bound) => draw < bound);
    return found === -1 ? this.#cumulative.length - 1 : found;
  }

  /** Number of the key, from 0. */
  key(index: number): number {
    const draw = uniform(this.#seed, randomStreams.key, index);
    return this.#zipf === null ? Math.floor(draw * this.#keyCount) : firstAbove(this.#zipf, draw);
  }

  /** Which of `poolSize` payloads. */
  payload(index: number, poolSize: number): number {
    return poolSize <= 1 ? 0 : hash32(this.#seed, randomStreams.payload, index) % poolSize;
  }

  /** Unsigned 32 bits. */
  random(index: number): number {
    return hash32(this.#seed, randomStreams.value, index);
  }
}

/** Exponent 1, the classic form: the k-th most popular key is drawn in proportion to 1/k. */
function zipfCumulative(count: number): Float64Array {
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    sum += 1 / (k + 1);
    cumulative[k] = sum;
  }
  for (let k = 0; k < count; k++) cumulative[k] = (cumulative[k] ?? 0) / sum;
  return cumulative;
}

function firstAbove(cumulative: Float64Array, draw: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cumulative[middle] ?? 1) > draw) high = middle;
    else low = middle + 1;
  }
  return low;
}
