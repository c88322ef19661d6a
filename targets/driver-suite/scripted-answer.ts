/** How a scripted server plays the bytes of an answer, in tests that hold clients against each other. */
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface ScriptedAnswer {
  readonly bytes: Buffer;
  /** What the peer does behind the bytes. */
  readonly ending: 'stay' | 'end' | 'reset';
}

/** `cuts`: offsets at which the bytes are split into writes of their own. */
export async function play(
  socket: Socket,
  { bytes, ending }: ScriptedAnswer,
  cuts: readonly number[] = [],
): Promise<void> {
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (socket.writable && cut > from) socket.write(bytes.subarray(from, cut));
    from = cut;
    await nextTurn();
    await nextTurn();
  }
  if (ending === 'end') socket.end();
  else if (ending === 'reset') socket.resetAndDestroy();
}

/** Every byte for itself. */
export function everyByte({ bytes }: ScriptedAnswer): number[] {
  return Array.from({ length: bytes.length }, (_, n) => n + 1);
}
