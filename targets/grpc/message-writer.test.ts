import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { Call } from '../driver.ts';
import { messageWriter } from './message-writer.ts';

const source = `
  syntax = "proto3";
  enum Kind { NONE = 0; FAST = 1; }
  message Line { string sku = 1; int32 count = 2; }
  message Order {
    string id = 1;
    bytes blob = 2;
    uint64 amount = 3;
    Kind kind = 4;
    bool gift = 5;
    double price = 6;
    Line first_line = 7;
    repeated string tags = 8;
    repeated Line lines = 9;
    map<string, string> labels = 10;
    string far = 5000;
  }
`;
const order = protobuf.parse(source, { keepCase: true }).root.lookupType('Order');
const payload = Buffer.from('pay load');
const call: Call = {
  operation: 0,
  id: 'id-é-1',
  key: 'key-7',
  sequence: 42,
  payload: 0,
  attempt: 1,
  random: 4_000_000_000,
};

/** As the server would read it. */
function sent(values: Record<string, unknown>, body = payload): unknown {
  const writer = messageWriter(order, values);
  const read: unknown[] = [];
  // Twice, since writers are reused; between other bytes, which must stay.
  for (const one of [{ ...call, id: 'another, longer id' }, call]) {
    const length = writer.prepare(one, body);
    const buffer = Buffer.alloc(length + 4, 0xee);
    expect(writer.writeTo(buffer, 2, one, body)).toBe(2 + length);
    expect([...buffer.subarray(0, 2), ...buffer.subarray(-2)]).toEqual([0xee, 0xee, 0xee, 0xee]);
    read.push(order.toObject(order.decode(buffer.subarray(2, 2 + length)), { longs: String, enums: String }));
  }
  return read.at(-1);
}

describe('messageWriter', () => {
  it.each([
    ['constants', { id: 'x', amount: '18446744073709551615', kind: 'FAST', gift: true, price: 1.5 }, undefined],
    ['nothing', {}, undefined],
    ['text', { id: '{{id}}', far: 'a {{key}} b {{sequence}}' }, { id: 'id-é-1', far: 'a key-7 b 42' }],
    [
      'the payload as text',
      { id: '{{payload}}', tags: ['{{payloadBase64}}'] },
      { id: 'pay load', tags: ['cGF5IGxvYWQ='] },
    ],
    ['the payload as bytes', { blob: '{{ payloadBase64 }}', id: 'x' }, { blob: payload, id: 'x' }],
    ['constant bytes', { blob: 'aGVsbG8=' }, { blob: Buffer.from('hello') }],
    [
      'nested messages and lists',
      { first_line: { sku: '{{key}}', count: 3 }, tags: ['a', '{{id}}', ''], lines: [{ sku: 's' }, { sku: '{{id}}' }] },
      { first_line: { sku: 'key-7', count: 3 }, tags: ['a', 'id-é-1', ''], lines: [{ sku: 's' }, { sku: 'id-é-1' }] },
    ],
    ['numbers of the call', { amount: '{{random}}', id: '{{id}}' }, { amount: '4000000000', id: 'id-é-1' }],
    [
      'numbers within, beside the payload',
      { lines: [{ sku: '{{key}}', count: '{{sequence}}' }], blob: '{{payloadBase64}}' },
      { lines: [{ sku: 'key-7', count: 42 }], blob: payload },
    ],
    ['map values', { labels: { a: '{{id}}', b: 'c' } }, { labels: { a: 'id-é-1', b: 'c' } }],
    ['names in lowerCamelCase', { firstLine: { sku: '{{id}}' } }, { first_line: { sku: 'id-é-1' } }],
    ['null as left out', { id: null, tags: null }, {}],
  ] as const)('sends %s', (_name, values, expected) => {
    expect(sent(values)).toEqual(expected ?? values);
  });

  it.each([0, 1, 127, 128, 16_383, 16_384, 3_000_000])('sends a payload of %i bytes', (size) => {
    const body = Buffer.alloc(size, 'abc');
    const { blob, first_line: line } = sent(
      { blob: '{{payloadBase64}}', first_line: { sku: '{{payload}}' } },
      body,
    ) as {
      blob: Buffer;
      first_line: { sku: string };
    };
    expect(body.equals(blob)).toBe(true);
    expect(line.sku).toBe(body.toString());
  });

  it.each([
    [{ idd: 'x' }, 'Order has no field idd', 'Did you mean id?'],
    [{ first_line: { skv: 'x' } }, 'Line has no field skv', 'Did you mean sku?'],
    [{ id: 5 }, 'Order.id must be a text'],
    [{ amount: 'many' }, 'Order.amount must be a whole number'],
    [{ amount: 1.5 }, 'Order.amount must be a whole number'],
    [{ price: 'dear' }, 'Order.price must be a number'],
    [{ kind: 'SLOW' }, 'Order.kind must be one of NONE, FAST'],
    [{ gift: 'yes' }, 'Order.gift must be true or false'],
    [{ blob: '{{id}}' }, 'Order.blob must be base64: {{payloadBase64}} or a constant'],
    [{ blob: '***' }, 'Order.blob must be base64: {{payloadBase64}} or a constant'],
    [{ first_line: 'x' }, 'Order.first_line must be a message'],
    [{ tags: 'x' }, 'Order.tags must be a list'],
    [{ labels: ['x'] }, 'Order.labels must be a message'],
    [{ id: '{{nothing}}' }, '{{nothing}} is not known in a request'],
  ])('refuses %j', (values, message, hint?: string) => {
    let error: unknown;
    try {
      messageWriter(order, values);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BenchError);
    expect(error).toMatchObject({ message, exitCode: exitCodes.usage, ...(hint === undefined ? {} : { hint }) });
  });
});
