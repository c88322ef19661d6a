/** What both sides know of encoded bodies without the libraries for them. */
import type { PayloadCodec } from '../../scenarios/scenario.ts';

export const payloadContentTypes = {
  json: 'application/json',
  msgpack: 'application/vnd.msgpack',
  protobuf: 'application/x-protobuf',
} as const satisfies Record<PayloadCodec, string>;

/** Numbers of the fields in `order-item.proto`, for those who write and read them without its definition. */
export const itemFieldNumbers = { id: 1, action: 2, order: 3, key: 4, payload: 5, handOver: 6, account: 7 } as const;
export const replyFieldNumbers = { id: 1, code: 2 } as const;
