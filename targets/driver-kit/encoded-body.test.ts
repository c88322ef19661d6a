import { describe, expect, it } from 'vitest';
import { itemCodecOf } from '../domain/item-codec.ts';
import type { Call } from '../driver.ts';
import { bodyTemplate } from './encoded-body.ts';

const call: Call = {
  operation: 0,
  id: 'trial-0000-0000000001',
  key: 'key-7',
  sequence: 1,
  payload: 0,
  attempt: 1,
  random: 5,
};
const fields = { id: '{{id}}', action: 'place', handOver: true, key: '{{key}}', payload: '{{payload}}' };

/** Around every length at which a header grows. */
const lengths = [0, 1, 31, 32, 127, 128, 255, 256, 16_383, 16_384, 65_535, 65_536, 2_097_152];

describe('an encoded body', () => {
  it.each(['msgpack', 'protobuf'] as const)('is what the %s library reads back, whatever its length', (codec) => {
    const template = bodyTemplate('', { codec, fields });
    const items = itemCodecOf(codec);
    for (const length of lengths) {
      const payload = Buffer.alloc(length, 'a"\\ü–');
      const text = payload.toString();
      const bytes = template.bytes(call, Buffer.from(text));
      expect(bytes.length).toBe(template.byteLength(call, Buffer.from(text)));
      // protobuf does not tell an empty text from none.
      const kept = codec === 'protobuf' && length === 0 ? {} : { payload: text };
      expect({ payload: '', ...(items?.decode(bytes) as object) }).toEqual({
        ...{ id: call.id, action: 'place', handOver: true, key: 'key-7', payload: '' },
        ...kept,
      });
    }
  });

  it('is JSON with all escaped that must be', () => {
    const payload = Buffer.from('a "quoted" \\ line\n–');
    const bytes = bodyTemplate('', { codec: 'json', fields }).bytes(call, payload);
    expect(JSON.parse(bytes.toString())).toEqual({
      ...{ id: call.id, action: 'place', handOver: true, key: 'key-7', payload: payload.toString() },
    });
  });

  it('is the text where there is no object', () => {
    expect(bodyTemplate('{{key}}!', undefined).bytes(call).toString()).toBe('key-7!');
  });
});
