import type { DescMessage } from '@bufbuild/protobuf';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { typesOfProto } from '../../scenarios/grpc/proto-types.ts';
import { messageWriter } from './message-writer.ts';
import { NumberedMessage, readReply } from './numbered-message.ts';
import { ordersProto } from './orders-service.ts';

const root = new protobuf.Root().loadSync(ordersProto, { keepCase: true });
const types = typesOfProto([ordersProto]);
const requestType = root.lookupType('wirebench.orders.v1.ConverseRequest');
const replyType = root.lookupType('wirebench.orders.v1.ConverseReply');
const call = { operation: 0, id: 'an-id', key: 'a-key', sequence: 0, payload: 0, attempt: 1, random: 0 };

describe('NumberedMessage', () => {
  it.each([0, 1, 127, 128, 16_384, 2 ** 31, 2 ** 35 + 5, 2 ** 49 - 1])('carries %d beside the order', (number) => {
    const item = { place: { request_id: '{{id}}', id: '{{id}}', key: '{{key}}', payload: '{{payload}}' } };
    const message = new NumberedMessage(
      messageWriter(types, types.registry.getMessage('wirebench.orders.v1.ConverseRequest') as DescMessage, { item }),
    );
    message.number = number;
    const payload = Buffer.from('body');
    const buffer = Buffer.alloc(message.prepare(call, payload));
    expect(message.writeTo(buffer, 0, call, payload)).toBe(buffer.length);
    const read = requestType.toObject(requestType.decode(buffer), { longs: Number });
    expect(read).toEqual({
      number,
      item: { place: { request_id: 'an-id', id: 'an-id', key: 'a-key', payload: 'body' } },
    });
  });
});

describe('readReply', () => {
  it('reads what is in front of the orders', () => {
    const reply = { number: 2 ** 40 + 3, code: 'unavailable', retry_after_ms: 250, orders: [{ id: 'x' }] };
    const bytes = replyType.encode(replyType.fromObject(reply)).finish();
    expect(readReply(bytes)).toEqual({ number: 2 ** 40 + 3, code: 'unavailable', retryAfterMs: 250 });
  });

  it('takes a number of nothing for 0, and refuses what has no code or ends in the middle', () => {
    expect(readReply(replyType.encode({ code: 'ok' }).finish())).toEqual({ number: 0, code: 'ok', retryAfterMs: 0 });
    expect(readReply(new Uint8Array())).toBeNull();
    expect(readReply(replyType.encode({ number: 7 }).finish())).toBeNull();
    expect(readReply(replyType.encode({ code: 'accepted' }).finish().subarray(0, 5))).toBeNull();
  });
});
