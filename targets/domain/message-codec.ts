/** How a reference service behind a broker reads requests and writes answers, whatever codec their bodies have. */
import type { ApiVersion } from '../../scenarios/api-versions.ts';
import type { PayloadCodec } from '../../scenarios/scenario.ts';
import { itemCodecOf } from './item-codec.ts';
import { orderItemFrom } from './order-item.ts';
import { messageHeaders, orderRequestFrom, replyBody } from './order-message.ts';
import type { OrderReply, OrderRequest } from './orders.ts';

export interface MessageCodec {
  /** null: not a request. `requestId`: where the message itself says it. */
  request(body: Buffer, header: (name: string) => string | undefined, requestId: string): OrderRequest | null;
  /** `version`: of the request. */
  replyBody(reply: OrderReply, version?: ApiVersion): Buffer;
}

/** Without a codec the body is the payload, and all else stands in headers. */
export function messageCodecOf(codec: PayloadCodec | undefined): MessageCodec {
  if (codec === undefined) {
    return {
      request(body, header, requestId) {
        const version = header(messageHeaders.version);
        if (version !== undefined) return versionedRequest(body, version);
        return orderRequestFrom(header, requestId, body.toString());
      },
      replyBody: (reply, version) => Buffer.from(replyBody(reply, version)),
    };
  }
  const items = itemCodecOf(codec);
  const decode = (body: Buffer): unknown => (items === null ? JSON.parse(body.toString()) : items.decode(body));
  return {
    request(body, header) {
      try {
        return orderItemFrom(decode(body), header(messageHeaders.version)).request;
      } catch {
        return null;
      }
    },
    replyBody(reply, version) {
      if (items === null) return Buffer.from(replyBody(reply, version));
      return reply.orders === undefined ? items.order(reply.order) : items.orders(reply.orders);
    },
  };
}

/** Its body is the whole request, in JSON. */
function versionedRequest(body: Buffer, version: string): OrderRequest | null {
  try {
    return orderItemFrom(JSON.parse(body.toString()), version).request;
  } catch {
    return null;
  }
}
