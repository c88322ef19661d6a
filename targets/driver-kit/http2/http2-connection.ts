/**
 * One HTTP/2 connection as a client, RFC 9113: it opens once and is replaced, never reopened. A message and its
 * headers are written together; all that is sent within a turn of the event loop leaves in one write.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connectSocket, connectTimeoutMs, type Endpoint, type SocketListener } from '../client-socket.ts';
import { type Conclusion, conclusionOfReset, failed, leftOut, malformedAnswer } from './conclusion.ts';
import { ControlAnswers, ControlFlood } from './control-answers.ts';
import { FrameInput, type FrameSink } from './frame-input.ts';
import { FrameOutput } from './frame-output.ts';
import { HeaderBlocks } from './header-blocks.ts';
import {
  clientPreface,
  defaultFrameBytes,
  defaultWindowBytes,
  errorCodes,
  expectSize,
  frame,
  frameFlags,
  frameTypes,
  Http2Error,
  largestWindowBytes,
  readUInt32,
  settings,
  settingsPayload,
  uint32Payload,
  unpaddedEnd,
} from './http2-frames.ts';
import type { ConnectionOwner, Http2Stream, RequestWriter } from './http2-stream.ts';
import { OpenStreams } from './open-streams.ts';
import type { HeaderField } from './request-headers.ts';
import { StreamOutput } from './stream-output.ts';

/** Answers are taken as fast as they come; the peer hears of it this often. */
const windowUpdateBytes = 1 << 20;
const errorNumbers = { noError: 0, protocolError: 1, flowControlError: 3, cancel: 8 } as const;

export interface ConnectionOptions<Stream extends Http2Stream> {
  /** Its place among the owner's connections. */
  readonly index: number;
  readonly endpoint: Endpoint;
  readonly readBuffer: Buffer;
  readonly owner: ConnectionOwner<Stream, Http2Connection<Stream>>;
  readonly fields: readonly (readonly HeaderField[])[];
  /** For tests of what comes after two thousand million streams. */
  readonly firstStreamId?: number;
}

export class Http2Connection<Stream extends Http2Stream> implements SocketListener, FrameSink {
  readonly index: number;
  readonly #owner: ConnectionOwner<Stream, Http2Connection<Stream>>;
  readonly #socket: Socket;
  readonly #output: FrameOutput;
  readonly #answers: ControlAnswers;
  readonly #input = new FrameInput(this);
  readonly #isSecure: boolean;
  readonly #blocks = new HeaderBlocks();
  readonly #requests: StreamOutput<Stream>;
  readonly #streams: OpenStreams<Stream>;
  #handshake: NodeJS.Timeout | undefined;
  #mostStreams = Number.POSITIVE_INFINITY;
  #receivedBytes = 0;
  /** The peer's settings are here; ours are acknowledged. */
  #isGreeted = false;
  #isReady = false;
  #isRetired = false;
  #isGone = false;
  constructor({ index, endpoint, readBuffer, owner, fields, firstStreamId = 1 }: ConnectionOptions<Stream>) {
    this.index = index;
    this.#owner = owner;
    this.#streams = new OpenStreams(firstStreamId);
    this.#isSecure = endpoint.tls !== null;
    this.#socket = connectSocket(endpoint, readBuffer, this);
    this.#output = new FrameOutput(this.#socket, this.#isSecure);
    this.#answers = new ControlAnswers(this.#output);
    this.#socket.on('drain', () => {
      if (this.canOpenStream) this.#owner.widened(this);
    });
    this.#requests = new StreamOutput(this.#output, fields);
  }

  get canOpenStream(): boolean {
    const mayOpen = this.#isReady && !this.#isRetired && !this.#output.isCongested;
    return mayOpen && this.#streams.size < this.#mostStreams;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  connected(): void {
    if (this.#isGone) return;
    if (this.#isSecure && (this.#socket as TLSSocket).alpnProtocol !== 'h2') {
      this.#fail('no HTTP/2 offered');
      return;
    }
    this.#handshake = setTimeout(() => this.#fail('connection timed out'), connectTimeoutMs);
    const ours = settingsPayload([
      [settings.enablePush, 0],
      [settings.initialWindowSize, largestWindowBytes],
    ]);
    this.#output.append(clientPreface);
    this.#output.append(frame(frameTypes.settings, 0, 0, ours));
    const wider = uint32Payload(largestWindowBytes - defaultWindowBytes);
    this.#output.append(frame(frameTypes.windowUpdate, 0, 0, wider));
  }

  /** A call of one message. Only when `canOpenStream`. */
  send(stream: Stream, writer: RequestWriter): void {
    this.#begin(stream);
    this.#requests.call(stream, writer);
    if (this.#streams.isUsedUp) this.retire();
  }

  /** A call of any number of messages, which `write` sends until `end`. Only when `canOpenStream`. */
  open(stream: Stream, writer: RequestWriter): void {
    this.#begin(stream);
    this.#requests.open(stream, writer);
    if (this.#streams.isUsedUp) this.retire();
  }

  write(stream: Stream, writer: RequestWriter): void {
    this.#requests.message(stream, writer);
  }

  end(stream: Stream): void {
    this.#requests.end(stream);
  }

  #begin(stream: Stream): void {
    stream.sendWindow = this.#requests.windows.initial;
    stream.answer.reset();
    this.#streams.begin(stream);
  }

  /** The attempt is no longer wanted: nothing is reported of it. */
  cancel(stream: Stream): void {
    this.#requests.reset(stream.id, errorNumbers.cancel);
    this.#release(stream);
    this.#finishRetirement();
  }

  #release(stream: Stream): void {
    this.#requests.windows.forget(stream);
    this.#streams.end(stream);
  }

  #end(stream: Stream, conclusion: Conclusion): void {
    this.#release(stream);
    this.#owner.ended(stream, this, conclusion);
    this.#finishRetirement();
  }

  read(buffer: Buffer, length: number): void {
    try {
      this.#input.read(buffer, length);
    } catch (error) {
      if (!(error instanceof Http2Error)) throw error;
      const isHttp1 = !this.#isGreeted && buffer.subarray(0, 5).toString('latin1') === 'HTTP/';
      if (isHttp1) this.#fail('no HTTP/2 answer');
      else this.#fail(error instanceof ControlFlood ? error.message : 'malformed answer', error);
    }
    if (this.#receivedBytes < windowUpdateBytes || this.#isGone) return;
    this.#output.append(frame(frameTypes.windowUpdate, 0, 0, uint32Payload(this.#receivedBytes)));
    this.#receivedBytes = 0;
  }

  frame(type: number, flags: number, streamId: number, bytes: Buffer, start: number, end: number): boolean {
    if (!this.#isGreeted && type !== frameTypes.settings) throw new Http2Error('the first frame is no SETTINGS');
    this.#blocks.expect(type, streamId);
    switch (type) {
      case frameTypes.data:
        this.#onData(flags, streamId, bytes, start, end);
        break;
      case frameTypes.headers:
      case frameTypes.continuation: {
        const stream = this.#streams.of(streamId);
        const isLast = this.#blocks.add(type, flags, streamId, bytes, start, end, stream?.answer);
        if (isLast !== null && stream !== undefined) this.#onHeaders(stream, isLast);
        break;
      }
      case frameTypes.rstStream: {
        expectSize(end - start, 4);
        const stream = this.#streams.of(streamId);
        if (stream !== undefined) this.#end(stream, conclusionOfReset(errorCodes[readUInt32(bytes, start)]));
        break;
      }
      case frameTypes.settings:
        this.#onSettings(flags, streamId, bytes, start, end);
        break;
      case frameTypes.ping:
        expectSize(end - start, 8);
        if (streamId !== 0) throw new Http2Error('PING on a stream');
        if ((flags & frameFlags.ack) === 0) {
          this.#answers.give(frame(frameTypes.ping, frameFlags.ack, 0, bytes.subarray(start, end)), 'PING');
        }
        break;
      case frameTypes.goAway:
        if (end - start < 8 || streamId !== 0) throw new Http2Error('malformed GOAWAY');
        this.#onGoAway(readUInt32(bytes, start) & 0x7fffffff);
        break;
      case frameTypes.windowUpdate:
        this.#onWindowUpdate(streamId, bytes, start, end);
        break;
      case frameTypes.pushPromise:
        throw new Http2Error('PUSH_PROMISE, though push is off');
    }
    return !this.#isGone;
  }

  #onData(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    this.#receivedBytes += end - start; // padding and what nobody waits for included
    const from = (flags & frameFlags.padded) === 0 ? start : start + 1;
    const to = (flags & frameFlags.padded) === 0 ? end : unpaddedEnd(bytes, start, end);
    const stream = this.#streams.of(streamId);
    if (stream === undefined) return;
    const conclusion = stream.answer.data(bytes, from, to);
    if (conclusion !== null) this.#giveUp(stream, conclusion);
    else if ((flags & frameFlags.endStream) !== 0) this.#end(stream, stream.answer.conclude());
  }

  #giveUp(stream: Stream, conclusion: Conclusion): void {
    this.#requests.reset(stream.id, errorNumbers.cancel);
    this.#end(stream, conclusion);
  }

  #onHeaders(stream: Stream, isLast: boolean): void {
    const conclusion = stream.answer.headersEnded(isLast);
    if (conclusion !== null) this.#giveUp(stream, conclusion);
    if (conclusion !== null || !isLast) return;
    // The answer came ahead of the request's end, which now is of no use.
    if (stream.unsent !== null) this.#requests.reset(stream.id, errorNumbers.noError);
    this.#end(stream, stream.answer.conclude());
  }

  #onSettings(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    if (streamId !== 0) throw new Http2Error('SETTINGS on a stream');
    if ((flags & frameFlags.ack) !== 0) {
      this.#onSettingsAck(end - start);
      return;
    }
    if ((end - start) % 6 !== 0) throw new Http2Error('malformed SETTINGS');
    this.#isGreeted = true;
    // First of all: what the new settings allow may only follow their acknowledgement.
    this.#answers.give(frame(frameTypes.settings, frameFlags.ack, 0), 'SETTINGS');
    for (let at = start; at < end; at += 6) this.#onSetting(bytes.readUInt16BE(at), readUInt32(bytes, at + 2));
    if (this.#isReady) this.#owner.widened(this);
  }

  #onSetting(setting: number, value: number): void {
    switch (setting) {
      case settings.headerTableSize:
        this.#requests.headers.limitTable(value);
        break;
      case settings.maxConcurrentStreams:
        this.#mostStreams = value;
        break;
      case settings.initialWindowSize:
        if (value > largestWindowBytes) throw new Http2Error('initial window beyond the limit');
        this.#requests.windows.changeInitial(value, this.#streams.all());
        break;
      case settings.maxFrameSize:
        if (value < defaultFrameBytes || value > 0xffffff) throw new Http2Error('frame size beyond the limits');
        this.#requests.peerFrameBytes = value;
        break;
    }
  }

  /** The peer must send its settings first, so both are agreed now: a round trip, whatever stands in between. */
  #onSettingsAck(size: number): void {
    expectSize(size, 0);
    if (!this.#isGreeted) throw new Http2Error('acknowledged settings before its own');
    if (this.#isReady) return;
    clearTimeout(this.#handshake);
    this.#isReady = true;
    this.#owner.ready(this);
  }

  /** Streams above `lastId` were not looked at; the others may end. */
  #onGoAway(lastId: number): void {
    this.retire();
    for (const stream of this.#streams.all()) if (stream.id > lastId) this.#end(stream, leftOut);
    this.#finishRetirement();
  }

  /** No more streams; those that are open may end. */
  retire(): void {
    if (this.#isRetired || this.#isGone) return;
    this.#isRetired = true;
    this.#owner.retired(this);
  }

  #finishRetirement(): void {
    if (!this.#isRetired || this.#isGone || this.#streams.size > 0) return;
    this.#output.flush();
    this.drop();
    this.#owner.finished(this);
  }

  #onWindowUpdate(streamId: number, bytes: Buffer, start: number, end: number): void {
    expectSize(end - start, 4);
    const increment = readUInt32(bytes, start) & 0x7fffffff;
    if (streamId === 0) {
      if (increment === 0) throw new Http2Error('WINDOW_UPDATE of nothing');
      this.#requests.windows.widenConnection(increment);
      return;
    }
    const stream = this.#streams.of(streamId);
    if (stream === undefined) return;
    if (increment > 0 && this.#requests.windows.widenStream(stream, increment)) return;
    this.#requests.reset(streamId, increment === 0 ? errorNumbers.protocolError : errorNumbers.flowControlError);
    this.#end(stream, malformedAnswer);
  }

  closed(reason: string, cause: Error | null): void {
    this.#fail(reason, cause);
  }

  #fail(reason: string, cause: Error | null = null): void {
    if (this.#isGone) return;
    const wasRetired = this.#isRetired;
    this.drop();
    const conclusion = failed(reason);
    const streams = this.#streams.all();
    for (const stream of streams) this.#release(stream);
    // A replacement of a retired connection is on its way already.
    if (wasRetired) this.#owner.finished(this);
    else this.#owner.broke(this, reason, cause);
    for (const stream of streams) this.#owner.ended(stream, this, conclusion);
  }

  /** Closes without a word to the owner. */
  drop(): void {
    this.#isGone = true;
    this.#isReady = false;
    clearTimeout(this.#handshake);
    this.#socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}
