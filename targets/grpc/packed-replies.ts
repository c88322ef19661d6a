/**
 * Compressed answers of a grpc-js server, which reads compressed messages and writes none: the two steps that would are
 * replaced. For a service whose clients all say that they take them, as those of a target with compression do.
 */
import { Metadata } from '@grpc/grpc-js';
import { BaseServerInterceptingCall } from '@grpc/grpc-js/build/src/server-interceptors.js';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import { prefixBytes } from './grpc-answer.ts';

/** What the steps use of a call. */
interface ServerCall {
  readonly handler: { serialize(value: unknown): Buffer };
  readonly metadataSent: boolean;
  sendMetadata(metadata: Metadata): void;
}

interface Steps {
  serializeMessage(this: ServerCall, value: unknown): Buffer;
  maybeSendMetadata(this: ServerCall): void;
}

export function packReplies(codec: BodyCodec): void {
  const steps = BaseServerInterceptingCall.prototype as unknown as Steps;
  steps.serializeMessage = function serializeMessage(value) {
    const plain = this.handler.serialize(value);
    const isPacked = codec.packs(plain.length);
    const message = isPacked ? codec.pack(plain) : plain;
    const prefix = Buffer.alloc(prefixBytes, isPacked ? 1 : 0);
    prefix.writeUInt32BE(message.length, 1);
    return Buffer.concat([prefix, message]);
  };
  steps.maybeSendMetadata = function maybeSendMetadata() {
    if (this.metadataSent) return;
    const metadata = new Metadata();
    metadata.set('grpc-encoding', codec.encoding);
    this.sendMetadata(metadata);
  };
}
