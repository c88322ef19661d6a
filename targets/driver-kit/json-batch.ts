/** Several operations as one JSON array. */

import type { Call } from '../driver.ts';
import type { BatchItem } from './batched-session.ts';
import type { BodyTemplate } from './encoded-body.ts';

const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

/** `bytes`: of all items together, without what is between them. */
export function joinItems(batch: readonly BatchItem[], bytes: number, itemOf: (call: Call) => BodyTemplate): Buffer {
  const array = Buffer.allocUnsafe(bytes + batch.length + 1);
  let at = 0;
  for (const { call, payload } of batch) {
    array[at] = at === 0 ? openBracket : comma;
    at = itemOf(call).writeTo(array, at + 1, call, payload);
  }
  array[at] = closeBracket;
  return array;
}
