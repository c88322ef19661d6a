/** The sending half of a connection: calls and messages as frames, as far as the peer's windows take them. */
import type { FrameOutput } from './frame-output.ts';
import {
  defaultFrameBytes,
  frame,
  frameFlags,
  frameHeaderBytes,
  frameTypes,
  uint32Payload,
  writeFrameHeader,
} from './http2-frames.ts';
import type { Http2Stream, RequestWriter } from './http2-stream.ts';
import { type HeaderField, RequestHeaders } from './request-headers.ts';
import { SendWindows } from './send-windows.ts';

export class StreamOutput<Stream extends Http2Stream> {
  readonly headers: RequestHeaders;
  readonly windows: SendWindows<Stream>;
  /** What the peer takes in a frame. */
  peerFrameBytes = defaultFrameBytes;
  readonly #output: FrameOutput;

  constructor(output: FrameOutput, fields: readonly (readonly HeaderField[])[]) {
    this.#output = output;
    this.headers = new RequestHeaders(fields);
    this.windows = new SendWindows<Stream>((stream, from, to, isLast) =>
      this.#writeData(stream.id, stream.unsent as Buffer, from, to, isLast),
    );
  }

  /** A call of one message: headers, message and end in one write. */
  call(stream: Stream, writer: RequestWriter): void {
    const block = writer.head?.(this.headers) ?? this.headers.block(writer.operation);
    const headerBytes = block.length + writer.fieldBytes;
    const { messageBytes } = writer;
    const hasContent = messageBytes > 0;
    const isShort = headerBytes <= this.peerFrameBytes && messageBytes <= this.peerFrameBytes;
    if (isShort && this.windows.takeAtOnce(stream, messageBytes)) {
      const output = this.#output;
      const contentBytes = hasContent ? frameHeaderBytes + messageBytes : 0;
      let at = output.room(frameHeaderBytes + headerBytes + contentBytes);
      const { buffer } = output;
      const flags = frameFlags.endHeaders | (hasContent ? 0 : frameFlags.endStream);
      at = writeFrameHeader(buffer, at, headerBytes, frameTypes.headers, flags, stream.id);
      at += block.copy(buffer, at);
      writer.writeFields(buffer, at);
      if (!hasContent) return;
      at += writer.fieldBytes;
      at = writeFrameHeader(buffer, at, messageBytes, frameTypes.data, frameFlags.endStream, stream.id);
      writer.writeMessage(buffer, at);
      return;
    }
    this.#headers(stream.id, block, writer, !hasContent);
    if (hasContent) this.#queue(stream, writer);
  }

  /** The headers of a call whose messages follow. */
  open({ id }: Stream, writer: RequestWriter): void {
    this.#headers(id, this.headers.block(writer.operation), writer);
  }

  #headers(id: number, constant: Buffer, writer: RequestWriter, isLast = false): void {
    const last = isLast ? frameFlags.endStream : 0;
    const block = Buffer.allocUnsafe(constant.length + writer.fieldBytes);
    writer.writeFields(block, constant.copy(block));
    for (let from = 0; from < block.length; from += this.peerFrameBytes) {
      const to = Math.min(block.length, from + this.peerFrameBytes);
      const type = from === 0 ? frameTypes.headers : frameTypes.continuation;
      const flags = (to === block.length ? frameFlags.endHeaders : 0) | (from === 0 ? last : 0);
      this.#output.append(frame(type, flags, id, block.subarray(from, to)));
    }
  }

  /** One of several messages on a stream that is open. */
  message(stream: Stream, writer: RequestWriter): void {
    const { messageBytes } = writer;
    if (messageBytes > this.peerFrameBytes || !this.windows.takeAtOnce(stream, messageBytes)) {
      this.#queue(stream, writer);
      return;
    }
    const at = this.#output.room(frameHeaderBytes + messageBytes);
    const { buffer } = this.#output;
    writer.writeMessage(buffer, writeFrameHeader(buffer, at, messageBytes, frameTypes.data, 0, stream.id));
  }

  /** No message comes behind those that were given to the stream. */
  end(stream: Stream): void {
    stream.isComplete = true;
    if (stream.unsent === null) this.#output.append(frame(frameTypes.data, frameFlags.endStream, stream.id));
  }

  reset(id: number, error: number): void {
    this.#output.append(frame(frameTypes.rstStream, 0, id, uint32Payload(error)));
  }

  #queue(stream: Stream, writer: RequestWriter): void {
    const message = Buffer.allocUnsafeSlow(writer.messageBytes);
    writer.writeMessage(message, 0);
    this.windows.queue(stream, message);
  }

  #writeData(id: number, message: Buffer, from: number, to: number, isLast: boolean): void {
    for (let start = from; start < to; start += this.peerFrameBytes) {
      const end = Math.min(to, start + this.peerFrameBytes);
      const flags = isLast && end === to ? frameFlags.endStream : 0;
      const at = this.#output.room(frameHeaderBytes + end - start);
      const { buffer } = this.#output;
      message.copy(buffer, writeFrameHeader(buffer, at, end - start, frameTypes.data, flags, id), start, end);
    }
  }
}
