/** Requests and answers of the reference services in MessagePack or protobuf, by libraries. */
import { join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import protobuf from 'protobufjs';
import type { PayloadCodec } from '../../scenarios/scenario.ts';
import { payloadContentTypes } from './item-fields.ts';
import type { Order } from './orders.ts';

export interface ItemCodec {
  readonly contentType: string;
  /** An object with the fields that are there. Throws for bytes that are none. */
  decode(bytes: Buffer): unknown;
  order(order: Order | null): Buffer;
  orders(orders: readonly Order[]): Buffer;
  reply(reply: ItemReply): Buffer;
}

export interface ItemReply {
  readonly id: string | null;
  readonly code: string;
  readonly order?: Order | null;
  readonly orders?: readonly Order[] | undefined;
}

/** null: JSON, which needs no codec. */
export function itemCodecOf(codec: PayloadCodec | undefined): ItemCodec | null {
  if (codec === 'msgpack') return msgpackCodec;
  return codec === 'protobuf' ? protobufCodec() : null;
}

function packed(value: unknown): Buffer {
  const { buffer, byteOffset, byteLength } = encode(value, { ignoreUndefined: true });
  return Buffer.from(buffer, byteOffset, byteLength);
}

const msgpackCodec: ItemCodec = {
  contentType: payloadContentTypes.msgpack,
  decode: (bytes) => decode(bytes),
  order: packed,
  orders: packed,
  reply: packed,
};

function protobufCodec(): ItemCodec {
  const root = protobuf.loadSync(join(import.meta.dirname, 'order-item.proto'));
  const [item, order, orders, reply] = ['Item', 'Order', 'Orders', 'Reply'].map((name) =>
    root.lookupType(`wirebench.items.v1.${name}`),
  ) as [protobuf.Type, protobuf.Type, protobuf.Type, protobuf.Type];
  const written = (type: protobuf.Type, value: object): Buffer => Buffer.from(type.encode(value).finish());
  return {
    contentType: payloadContentTypes.protobuf,
    decode: (bytes) => item.toObject(item.decode(bytes)),
    order: (one) => written(order, one ?? {}),
    orders: (all) => written(orders, { orders: all }),
    reply: ({ id, ...rest }) => written(reply, { ...rest, ...(id !== null && { id }) }),
  };
}
