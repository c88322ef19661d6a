/** One client WebSocket (RFC 6455, permessage-deflate where it is wanted): what is sent within a turn of the loop leaves in one write. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../driver.ts';
import { connectSocket, type Endpoint, type SocketListener } from '../driver-kit/client-socket.ts';
import type { BodyTemplate } from '../driver-kit/encoded-body.ts';
import { type FrameListener, FrameReader } from './frame-reader.ts';
import {
  createFrameMemory,
  type FrameMemory,
  frameHeaderBytes,
  maskPayload,
  opcodes,
  packedBit,
  writeFrameHeader,
} from './frame-writer.ts';
import { createHandshake, type HandshakeWishes, longestHandshakeBytes, readHandshakeAnswer } from './handshake.ts';
import { InOrderReplies } from './in-order-replies.ts';
import {
  closeGraceMs,
  closeReason,
  type MessageConnection,
  normalClosure,
  noStatus,
  notDeflating,
  type WebSocketOwner,
} from './message-connection.ts';
import type { MessageDeflate } from './message-deflate.ts';
import type { MessagePacking } from './message-packing.ts';

const batchBytes = 32 * 1024;

/** Batches that the kernel has taken, to be written over by any connection. */
export class FrameMemoryPool {
  readonly #free: FrameMemory[] = [];

  take(): FrameMemory {
    return this.#free.pop() ?? createFrameMemory(batchBytes);
  }

  giveBack(memory: FrameMemory): void {
    if (memory.bytes.length === batchBytes) this.#free.push(memory);
  }
}

export interface WebSocketConnectionOptions {
  readonly index: number;
  readonly endpoint: Endpoint;
  readonly readBuffer: Buffer;
  readonly pool: FrameMemoryPool;
  /** null: messages go as they are. */
  readonly packing: MessagePacking | null;
  readonly wishes: HandshakeWishes;
  readonly owner: WebSocketOwner<WebSocketConnection>;
}

export class WebSocketConnection implements SocketListener, FrameListener, MessageConnection {
  readonly index: number;
  readonly inOrder = new InOrderReplies();
  readonly #owner: WebSocketOwner<WebSocketConnection>;
  readonly #socket: Socket;
  readonly #wishes: HandshakeWishes;
  readonly #handshake;
  readonly #frames = new FrameReader(this);
  readonly #pool: FrameMemoryPool;
  readonly #packing: MessagePacking | null;
  #deflate: MessageDeflate | null = null;
  #handshakeAnswer: Buffer | null = Buffer.alloc(0);
  #batch: FrameMemory | null = null;
  #batched = 0;
  #flushScheduled = false;
  #isOpen = false;
  #dropped = false;
  /** A ping that came while the peer did not read: of several only the last need be answered (RFC 6455 §5.5.3). */
  #unanswered: Buffer | null = null;
  readonly #flush = (): void => {
    this.#flushScheduled = false;
    this.#writeBatch();
  };

  constructor({ index, endpoint, readBuffer, pool, packing, wishes, owner }: WebSocketConnectionOptions) {
    this.index = index;
    this.#pool = pool;
    this.#packing = packing;
    this.#owner = owner;
    this.#wishes = { ...wishes, offer: packing?.offer };
    this.#handshake = createHandshake(endpoint, this.#wishes);
    this.#socket = connectSocket(endpoint, readBuffer, this);
    this.#socket.on('drain', () => this.#drained());
  }

  get canSend(): boolean {
    return this.#isOpen && !this.#dropped;
  }

  send(message: BodyTemplate, isBinary: boolean, call: Call, payload: Buffer | undefined): void {
    const opcode = isBinary ? opcodes.binary : opcodes.text;
    if (this.#deflate !== null) {
      this.#sendMessage(opcode, message.bytes(call, payload));
      return;
    }
    const length = message.byteLength(call, payload);
    const { memory, start, key } = this.#beginFrame(opcode, length);
    message.writeTo(memory.bytes, start, call, payload);
    this.#endFrame(memory, start, length, key);
  }

  sendWritten(text: Buffer): void {
    this.#sendMessage(opcodes.text, text);
  }

  #sendMessage(opcode: number, plain: Buffer): void {
    if (this.#deflate === null || !this.#packing?.packs(plain)) this.#sendBytes(opcode, plain);
    else this.#sendBytes(opcode | packedBit, this.#deflate.pack(plain));
  }

  #sendBytes(opcode: number, payload: Buffer): void {
    const { memory, start, key } = this.#beginFrame(opcode, payload.length);
    payload.copy(memory.bytes, start);
    this.#endFrame(memory, start, payload.length, key);
  }

  #beginFrame(opcode: number, length: number): { memory: FrameMemory; start: number; key: number } {
    const headerBytes = frameHeaderBytes(length);
    if (this.#batch !== null && this.#batched + headerBytes + length > this.#batch.bytes.length) this.#writeBatch();
    this.#batch ??= headerBytes + length > batchBytes ? createFrameMemory(headerBytes + length) : this.#pool.take();
    const key = writeFrameHeader(this.#batch.bytes, this.#batched, opcode, length);
    return { memory: this.#batch, start: this.#batched + headerBytes, key };
  }

  #endFrame(memory: FrameMemory, start: number, length: number, key: number): void {
    maskPayload(memory, start, start + length, key);
    this.#batched = start + length;
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(this.#flush);
  }

  #writeBatch(): void {
    const batch = this.#batch;
    if (batch === null) return;
    const hasRoom = this.#socket.write(batch.bytes.subarray(0, this.#batched));
    if (this.#socket.writableLength === 0) this.#pool.giveBack(batch);
    this.#batch = null;
    this.#batched = 0;
    if (!hasRoom && this.#isOpen && !this.#dropped) this.#owner.congested(this);
  }

  connected(): void {
    if (!this.#dropped) this.#socket.write(this.#handshake.request);
  }

  read(buffer: Buffer, length: number): void {
    if (this.#dropped) return;
    let start = 0;
    if (this.#handshakeAnswer !== null) {
      start = this.#readHandshake(this.#handshakeAnswer, buffer, length);
      if (start === -1 || this.#dropped) return;
    }
    const problem = this.#frames.read(buffer, start, length);
    if (problem !== '' && !this.#dropped) this.#fail(problem);
  }

  /** Offset of the first frame in the bytes just read; -1 while there is none. */
  #readHandshake(earlier: Buffer, buffer: Buffer, length: number): number {
    const answer = Buffer.concat([earlier, buffer.subarray(0, length)]);
    const end = answer.indexOf('\r\n\r\n');
    if (end === -1) {
      this.#handshakeAnswer = answer;
      if (answer.length > longestHandshakeBytes) this.#fail('oversized answer');
      return -1;
    }
    const head = answer.toString('latin1', 0, end);
    const { problem, extensions } = readHandshakeAnswer(head, this.#handshake.key, this.#wishes);
    if (problem !== '' || !this.#agree(extensions)) {
      this.#fail(problem === '' ? notDeflating : problem);
      return -1;
    }
    this.#handshakeAnswer = null;
    this.#isOpen = true;
    this.#owner.opened(this);
    return end + 4 - earlier.length;
  }

  /** False where messages are to be packed and the peer does not say so. */
  #agree(extensions: string): boolean {
    if (this.#packing === null) return true;
    const agreement = this.#packing.agreementIn(extensions);
    if (agreement === null) return false;
    this.#deflate = this.#packing.deflateFor(agreement);
    this.#frames.allowPacked();
    return true;
  }

  message(bytes: Buffer, start: number, end: number, isPacked: boolean): void {
    if (!isPacked || this.#deflate === null) {
      this.#owner.message(this, bytes, start, end);
      return;
    }
    const plain = this.#deflate.unpack(bytes.subarray(start, end));
    if (typeof plain === 'string') this.#fail(plain);
    else this.#owner.message(this, plain, 0, plain.length);
  }

  #drained(): void {
    if (this.#dropped) return;
    if (this.#unanswered !== null) this.#sendBytes(opcodes.pong, this.#unanswered);
    this.#unanswered = null;
    this.#owner.drained(this);
  }

  ping(payload: Buffer): void {
    if (this.#socket.writableNeedDrain) this.#unanswered = Buffer.from(payload);
    else this.#sendBytes(opcodes.pong, payload);
  }

  peerCloses(code: number): void {
    this.#sendClose(code === noStatus ? normalClosure : code);
    this.#fail(closeReason(code));
  }

  #sendClose(code: number): void {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#sendBytes(opcodes.close, payload);
    this.#writeBatch();
  }

  closed(reason: string, cause: Error | null): void {
    if (!this.#dropped) this.#fail(reason, cause);
  }

  #fail(reason: string, cause: Error | null = null): void {
    this.#dropped = true;
    this.#release();
    this.#frames.stop();
    this.#socket.destroySoon(); // a close frame may be on its way
    this.#owner.broke(this, reason, cause);
  }

  #release(): void {
    if (this.#deflate !== null) this.#packing?.release(this.#deflate);
    this.#deflate = null;
  }

  /** Says goodbye, waits a little for the peer's, and closes without a word to the owner. */
  async close(): Promise<void> {
    const says = this.#isOpen && !this.#dropped;
    this.#dropped = true;
    this.#release();
    this.#frames.stop();
    if (says) {
      this.#sendClose(normalClosure);
      await Promise.race([this.#whenClosed(), sleep(closeGraceMs, undefined, { ref: false })]);
    }
    this.#socket.destroy();
    await this.#whenClosed();
  }

  async #whenClosed(): Promise<void> {
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}
