/**
 * Counter-based randomness: a pure function of (seed, stream, index), so that any worker can compute the draw of any
 * arrival without walking through those before it, and every target sees the same workload. The mixing is two rounds
 * of the 32-bit finaliser of MurmurHash3 over the three words.
 */
export function hash32(seed: number, stream: number, index: number): number {
  let h = seed ^ Math.imul(stream + 0x9e3779b9, 0x85ebca6b);
  h = mix32(h ^ Math.imul(index, 0xc2b2ae35) ^ Math.imul((index / 4294967296) | 0, 0x27d4eb2f));
  return mix32(h + Math.imul(stream, 0x165667b1) + seed) >>> 0;
}

function mix32(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Uniform in [0, 1) with 53 bits. */
export function uniform(seed: number, stream: number, index: number): number {
  const high = hash32(seed, stream, index) >>> 5;
  const low = hash32(seed, stream ^ 0x5bd1e995, index) >>> 6;
  return (high * 67108864 + low) / 9007199254740992;
}
