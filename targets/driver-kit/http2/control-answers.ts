/** Answers that HTTP/2 makes us owe: each PING and SETTINGS asks for one, as many as a peer likes to send. */
import type { FrameOutput } from './frame-output.ts';
import { Http2Error } from './http2-frames.ts';

/** Peers that measure or keep alive have one or two open. */
const mostUnread = 10_000;

export class ControlFlood extends Http2Error {}

export class ControlAnswers {
  readonly #output: FrameOutput;
  /** Since the kernel last had everything. */
  #unread = 0;

  constructor(output: FrameOutput) {
    this.#output = output;
  }

  /** Throws a ControlFlood when the peer goes on asking and does not read what it is answered. */
  give(answer: Uint8Array, asked: 'PING' | 'SETTINGS'): void {
    this.#output.append(answer);
    if (++this.#unread < mostUnread) return;
    this.#output.flush();
    if (!this.#output.isWritten) throw new ControlFlood(`flooded with ${asked}`);
    this.#unread = 0;
  }
}
