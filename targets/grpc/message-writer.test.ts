import type { DescMessage } from '@bufbuild/protobuf';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { typesOf } from '../../scenarios/grpc/proto-types.ts';
import { descriptorsOf } from '../../scenarios/grpc/source-descriptors.ts';
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
    oneof pay { string card = 11; bool cash = 12; }
    google.protobuf.Timestamp at = 13;
    google.protobuf.Struct extra = 14;
    google.protobuf.StringValue note = 15;
    repeated sint64 steps = 16;
    optional int32 maybe = 17;
  }
`;
const { root } = protobuf.parse(source, { keepCase: true });
for (const name of ['timestamp', 'struct', 'wrappers']) {
  root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)?.nested ?? {});
}
const order = root.lookupType('Order');
root.resolveAll();
const types = typesOf(descriptorsOf(root), 'the source');
const orderType = types.registry.getMessage('Order') as DescMessage;
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
  const writer = messageWriter(types, orderType, values);
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
    ['a side of a oneof beside one that is null', { card: '{{id}}', cash: null }, { card: 'id-é-1' }],
    ['a zero that is given', { maybe: 0 }, { maybe: 0 }],
    ['a time', { at: '2026-01-02T03:04:05.5Z' }, { at: { seconds: '1767323045', nanos: 500_000_000 } }],
    ['a text with presence', { note: '{{id}}' }, { note: { value: 'id-é-1' } }],
    [
      'numbers of 64 bits',
      { steps: ['-9223372036854775808', '{{sequence}}'] },
      { steps: ['-9223372036854775808', '42'] },
    ],
    [
      'free values',
      { extra: { '{{key}}': ['{{id}}', 1] } },
      {
        extra: {
          fields: { 'key-7': { listValue: { values: [{ stringValue: 'id-é-1' }, { numberValue: 1 }] } } },
        },
      },
    ],
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
    [{ idd: 'x' }, 'message.idd: Order has no field idd (did you mean id?)'],
    [{ first_line: { skv: 'x' } }, 'message.first_line.skv: Line has no field skv (did you mean sku?)'],
    [{ id: 5 }, 'message.id: must be a text, not 5'],
    [{ amount: 1.5 }, 'message.amount: must be a whole number from 0 to 18446744073709551615, not 1.5'],
    [
      { lines: [{}, { count: 3e9 }] },
      'message.lines[1].count: must be a whole number from -2147483648 to 2147483647, not 3000000000',
    ],
    [
      { lines: [{ count: '{{random}}' }] },
      'message.lines[0].count: must be a whole number from -2147483648 to 2147483647, not "{{random}}"',
    ],
    [{ price: 'dear' }, 'message.price: must be a number, or "NaN", "Infinity", "-Infinity", not "dear"'],
    [{ kind: 'SLOW' }, 'message.kind: must be one of NONE, FAST, not "SLOW"'],
    [{ gift: 'yes' }, 'message.gift: must be true or false, not "yes"'],
    [{ blob: '{{id}}' }, 'message.blob: must be base64: {{payloadBase64}} or a constant'],
    [{ blob: 'a' }, 'message.blob: must be base64: {{payloadBase64}} or a constant, not "a"'],
    [{ first_line: 'x' }, 'message.first_line: must be a message Line, a mapping of its fields'],
    [{ tags: 'x' }, 'message.tags: must be a list'],
    [{ labels: ['x'] }, 'message.labels: must be a mapping of keys'],
    [{ card: '1', cash: true }, 'message.cash: and card exclude each other: both are of oneof pay'],
    [{ firstLine: {}, first_line: {} }, 'message.first_line: is firstLine by its other name; once is enough'],
    [{ at: 'noon' }, 'message.at: must be a time, e.g. "2026-01-02T03:04:05Z", not "noon"'],
    [{ id: '{{nothing}}' }, '{{nothing}} is not known in a request'],
  ])('refuses %j', (values, message) => {
    let error: unknown;
    try {
      messageWriter(types, orderType, values);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BenchError);
    expect(error).toMatchObject({ message, exitCode: exitCodes.usage });
  });
});
