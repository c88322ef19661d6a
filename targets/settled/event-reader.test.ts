import { describe, expect, it } from 'vitest';
import { EventReader } from './event-reader.ts';

function read(reader: EventReader, body: string, headers: Readonly<Record<string, string>> = {}): string[] {
  const seen: string[] = [];
  const sink = {
    settled: (id: string) => seen.push(`settled ${id}`),
    unreadable: () => seen.push('unreadable'),
    interrupted: () => seen.push('interrupted'),
  };
  reader.read(sink, (name) => headers[name], Buffer.from(body));
  return seen;
}

describe('an event', () => {
  it('has its id at a pointer into its JSON', () => {
    const reader = new EventReader({ id: { pointer: '/order/id' } });
    expect(read(reader, '{"order":{"id":"a-1"},"status":"shipped"}')).toEqual(['settled a-1']);
    expect(read(reader, '{"order":{"number":7}}')).toEqual(['unreadable']);
    expect(read(reader, 'not JSON')).toEqual(['unreadable']);
    expect(read(reader, '')).toEqual(['unreadable']);
  });

  it('has its id in a header, whatever its body is', () => {
    const reader = new EventReader({ id: { header: 'order-id' } });
    expect(read(reader, 'binary \u0000', { 'order-id': 'a-2' })).toEqual(['settled a-2']);
    expect(read(reader, '{"order-id":"a-2"}')).toEqual(['unreadable']);
  });

  it('settles only with one of the values that are waited for', () => {
    const reader = new EventReader({ id: { pointer: '/id' }, until: { pointer: '/status', equals: ['shipped', '4'] } });
    expect(read(reader, '{"id":"a","status":"paid"}')).toEqual([]);
    expect(read(reader, '{"id":"a","status":"shipped"}')).toEqual(['settled a']);
    expect(read(reader, '{"id":"a","status":4}')).toEqual(['settled a']);
    expect(read(reader, '{"id":"a"}')).toEqual([]);
  });
});
