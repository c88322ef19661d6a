/**
 * Records that say nothing: what a consumer is given in place of a batch that does not unpack, or not within the bound.
 * Where it threw instead, both libraries would fetch that batch again, for ever, and never what comes after it.
 */

/** More than there are in any batch that could be told from an attack. */
const mostRecords = 100_000;

let records: Buffer | null = null;

/** One after the other, from the batch's first offset on; a reader takes as many as the batch says there are. */
export function silentRecords(): Buffer {
  records ??= Buffer.from(Array.from({ length: mostRecords }, (_, n) => silentRecord(n)).flat());
  return records;
}

/** Kafka's record format 2: length, attributes, timestamp and offset since the batch's, no key, no value, no headers. */
function silentRecord(offsetDelta: number): number[] {
  const body = [0, ...varint(0), ...varint(offsetDelta), ...varint(-1), ...varint(-1), ...varint(0)];
  return [...varint(body.length), ...body];
}

/** Zigzag, seven bits an octet. */
function varint(value: number): number[] {
  const octets: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) octets.push((rest & 0x7f) | 0x80);
  octets.push(rest);
  return octets;
}
