/**
 * A batch over gRPC: one unary call with all items. A message of protobuf that follows another of the same type is merged
 * into it, repeated fields item by item: so the batch is the bytes of its items, each written as a batch of one.
 */
import protobuf from 'protobufjs';
import type { ProtoTypes } from '../../scenarios/grpc/proto-types.ts';
import { findMethod } from '../../scenarios/grpc/rpc-method.ts';
import { typesOfTarget } from '../../scenarios/grpc/target-types.ts';
import type { GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import type { Call, DriverContext } from '../driver.ts';
import type { BatchFormat, BatchItem } from '../driver-kit/batched-session.ts';
import type { BodyCodec } from '../driver-kit/body-codec.ts';
import type { Endpoint } from '../driver-kit/client-socket.ts';
import { CallWriter } from './call-writer.ts';
import { type MessageWriter, messageWriter } from './message-writer.ts';
import { textOf } from './numbered-message.ts';

const emptyPayload = Buffer.alloc(0);
const codesTag = (1 << 3) | 2;

/** Throws a BenchError (exit 2) for requests that are none of batches. */
export function batchFormat(
  { target, operations }: DriverContext,
  endpoint: Endpoint,
  codec: BodyCodec | null,
): { readonly format: BatchFormat; readonly writer: CallWriter } {
  const types = typesOfTarget(target as GrpcTarget) as ProtoTypes; // the preset's
  const requests = operations.map(({ request }) => request as GrpcRequest);
  const method = findMethod(types, requests[0]?.method ?? '');
  const items = requests.map(({ message }) => messageWriter(types, method.requestType, message));
  const itemOf = ({ operation }: Call) => items[operation] as MessageWriter;
  const request: GrpcRequest = { method: requests[0]?.method ?? '', message: {}, metadata: {} };
  const format: BatchFormat = {
    request,
    itemBytes: (call, payload = emptyPayload) => itemOf(call).prepare(call, payload),
    join: (batch, bytes) => joinItems(batch, bytes, itemOf),
    codesIn,
  };
  return { format, writer: new CallWriter(0, request, method, endpoint, codec, [new PayloadWriter()]) };
}

function joinItems(batch: readonly BatchItem[], bytes: number, itemOf: (call: Call) => MessageWriter): Buffer {
  const joined = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const { call, payload = emptyPayload } of batch) {
    const item = itemOf(call);
    item.prepare(call, payload); // others of the operation were measured since
    at = item.writeTo(joined, at, call, payload);
  }
  return joined;
}

/** The payload is the message. */
class PayloadWriter implements MessageWriter {
  prepare(_call: Call, payload: Buffer): number {
    return payload.length;
  }

  writeTo(buffer: Buffer, at: number, _call: Call, payload: Buffer): number {
    return at + payload.copy(buffer, at);
  }
}

/** The codes stand first: what the orders are is not read. */
function codesIn(answer: Buffer, count: number): readonly string[] | null {
  const reader = protobuf.Reader.create(answer);
  const codes: string[] = [];
  try {
    while (codes.length < count && reader.pos < reader.len && reader.uint32() === codesTag) codes.push(textOf(reader));
  } catch {
    return null; // it ends within a code
  }
  return codes.length === count && answer[reader.pos] !== codesTag ? codes : null;
}
