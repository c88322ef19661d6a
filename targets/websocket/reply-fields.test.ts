import { describe, expect, it } from 'vitest';
import { type ItemReply, itemCodecOf } from '../domain/item-codec.ts';
import { answerText } from './reply-fields.ts';

const order = { id: 'o', key: 'k', payload: 'p'.repeat(70_000), status: 'placed', version: 300 } as const;
const replies: readonly ItemReply[] = [
  { id: 'trial-0000-0000000001', code: 'created', order },
  { id: 'x'.repeat(40), code: 'y'.repeat(300), order: null },
  { id: 'i', code: 'z'.repeat(70_000), orders: [order, order] },
];

describe.each(['msgpack', 'protobuf'] as const)('a reply in %s', (codec) => {
  const items = itemCodecOf(codec);
  const [id, code] = ['/id', '/code'].map((pointer) => answerText(pointer, codec)) as [
    ReturnType<typeof answerText>,
    ReturnType<typeof answerText>,
  ];

  it('tells id and code wherever it lies in the bytes', () => {
    for (const reply of replies) {
      const bytes = items?.reply(reply) ?? Buffer.alloc(0);
      const among = Buffer.concat([Buffer.alloc(9, 0xff), bytes, Buffer.alloc(9, 0xff)]);
      const end = 9 + bytes.length;
      expect([id.textIn(among, 9, end), code.textIn(among, 9, end)]).toEqual([reply.id, reply.code]);
    }
  });

  it('tells nothing of one that is cut off, of none, and of anything else', () => {
    const bytes = items?.reply({ id: 'trial', code: 'created', order }) ?? Buffer.alloc(0);
    for (let end = 0; end < 8; end++) expect(code.textIn(bytes, 0, end)).toBeNull();
    for (const other of ['', '{"code":"ok"}', '\u0000\u0001\u0002']) {
      const junk = Buffer.from(other);
      expect(code.textIn(junk, 0, junk.length)).toBeNull();
    }
  });
});
