/** Which side goes first in each block. */
import { hash32, randomStreams } from '../schedule/seeded-random.ts';

export type BlockOrder = 'AB' | 'BA';

/** Drawn by the seed in pairs of both orders, so that what changes steadily on the machine falls on both alike. */
export function blockOrders(seed: number, blocks: number): BlockOrder[] {
  return Array.from({ length: blocks }, (_, block) => {
    const isFlipped = hash32(seed, randomStreams.sides, Math.floor(block / 2)) % 2 === 1;
    return (block % 2 === 0) === isFlipped ? 'BA' : 'AB';
  });
}
