/** How a reference service behind a broker reads requests and writes answers, whatever codec their bodies have. */
import type { PayloadCodec } from '../../scenarios/scenario.ts';
import { itemCodecOf } from './item-codec.ts';
import { orderItemFrom } from './order-item.ts';
import { orderRequestFrom, replyBody } from './order-message.ts';
import type { OrderReply, OrderRequest } from './orders.ts';

export interface MessageCodec {
  /** null: not a request. `requestId`: where the message itself says it. */
  request(body: Buffer, header: (name: string) => string | undefined, requestId: string): OrderRequest | null;
  replyBody(reply: OrderReply): Buffer;
}

/** Without a codec the body is the payload, and all else stands in headers. */
export function messageCodecOf(codec: PayloadCodec | undefined): MessageCodec {
  if (codec === undefined) {
    return {
      request: (body, header, requestId) => orderRequestFrom(header, requestId, body.toString()),
      replyBody: (reply) => Buffer.from(replyBody(reply)),
    };
  }
  const items = itemCodecOf(codec);
  const decode = (body: Buffer): unknown => (items === null ? JSON.parse(body.toString()) : items.decode(body));
  return {
    request(body) {
      try {
        return orderItemFrom(decode(body)).request;
      } catch {
        return null;
      }
    },
    replyBody(reply) {
      if (items === null) return Buffer.from(replyBody(reply));
      return reply.orders === undefined ? items.order(reply.order) : items.orders(reply.orders);
    },
  };
}
