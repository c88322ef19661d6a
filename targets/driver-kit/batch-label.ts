import type { Batch } from '../../scenarios/scenario.ts';

/** As printed beside the numbers: `up to 32 messages or 786432 bytes, gathered for at most 5 ms`. */
export function batchLabel({ maxMessages, maxBytes, lingerMs }: Batch): string {
  const wait = lingerMs === 0 ? 'what comes in one turn of the event loop' : `gathered for at most ${lingerMs} ms`;
  return `up to ${maxMessages} messages or ${maxBytes} bytes, ${wait}`;
}
