import { describe, expect, it } from 'vitest';
import { Http2Error } from './http2-frames.ts';
import { SendWindows, type UnsentMessage } from './send-windows.ts';

function setUp() {
  const sent: string[] = [];
  const windows = new SendWindows<UnsentMessage>((stream, from, to, isLast) => {
    sent.push(`${stream.id}: ${from}-${to}${isLast ? ' end' : ''}`);
  });
  const stream = (id: number, isComplete = true): UnsentMessage => {
    return { id, sendWindow: windows.initial, unsent: null, unsentFrom: 0, following: [], isComplete };
  };
  return { sent, windows, stream };
}

describe('SendWindows', () => {
  it('takes what fits into both windows at once', () => {
    const { windows, stream } = setUp();
    expect(windows.takeAtOnce(stream(1), 65_535)).toBe(true);
    expect(windows.takeAtOnce(stream(3), 1)).toBe(false);
    windows.widenConnection(1);
    expect(windows.takeAtOnce(stream(5), 1)).toBe(true);
  });

  it('sends on as the windows open, first come first served', () => {
    const { sent, windows, stream } = setUp();
    const [first, second] = [stream(1), stream(3)];
    windows.queue(first, Buffer.alloc(70_000));
    windows.queue(second, Buffer.alloc(100));
    expect(windows.takeAtOnce(stream(5), 1)).toBe(false); // it may not overtake
    windows.widenConnection(4_000);
    expect(sent).toEqual(['1: 0-65535', '3: 0-100 end']);
    windows.widenStream(first, 1_000);
    windows.widenStream(first, 10_000);
    expect(sent.slice(2)).toEqual(['1: 65535-66535', '1: 66535-69435']);
    windows.widenConnection(1_000);
    expect(sent.slice(4)).toEqual(['1: 69435-70000 end']);
  });

  it('lets others pass one whose own window is shut', () => {
    const { sent, windows, stream } = setUp();
    windows.changeInitial(10, []);
    const [first, second] = [stream(1), stream(3)];
    windows.queue(first, Buffer.alloc(20));
    windows.queue(second, Buffer.alloc(5));
    expect(sent).toEqual(['1: 0-10', '3: 0-5 end']);
    expect(second.unsent).toBeNull();
  });

  it('moves open streams with the initial window, below zero too', () => {
    const { sent, windows, stream } = setUp();
    const open = stream(1);
    windows.queue(open, Buffer.alloc(100_000));
    windows.widenConnection(100_000);
    windows.changeInitial(0, [open]);
    expect(open.sendWindow).toBe(-65_535);
    windows.widenStream(open, 65_535);
    expect(sent).toEqual(['1: 0-65535']);
    windows.changeInitial(100_000, [open]);
    expect(sent).toEqual(['1: 0-65535', '1: 65535-100000 end']);
  });

  it('sends the messages of one stream one behind the other, and ends with the last when there are no more', () => {
    const { sent, windows, stream } = setUp();
    const open = stream(1, false);
    windows.queue(open, Buffer.alloc(65_530));
    windows.queue(open, Buffer.alloc(10));
    windows.queue(open, Buffer.alloc(20));
    expect(sent).toEqual(['1: 0-65530', '1: 0-5']);
    windows.widenConnection(1_000);
    windows.widenStream(open, 10);
    expect(sent.slice(2)).toEqual(['1: 5-10', '1: 0-5']);
    open.isComplete = true;
    windows.widenStream(open, 1_000);
    expect(sent.slice(4)).toEqual(['1: 5-20 end']);
    expect(windows.takeAtOnce(open, 10)).toBe(true);
  });

  it('forgets a stream that is over', () => {
    const { sent, windows, stream } = setUp();
    const [first, second] = [stream(1), stream(3)];
    windows.queue(first, Buffer.alloc(70_000));
    windows.queue(second, Buffer.alloc(10));
    windows.forget(first);
    windows.forget(first);
    windows.widenConnection(70_000);
    expect(sent).toEqual(['1: 0-65535', '3: 0-10 end']);
    expect(windows.takeAtOnce(stream(5), 10)).toBe(true);
  });

  it('refuses windows beyond 31 bits', () => {
    const { windows, stream } = setUp();
    expect(() => windows.widenConnection(2 ** 31 - 1)).toThrow(Http2Error);
    expect(windows.widenStream(stream(1), 2 ** 31 - 1)).toBe(false);
    const wide = stream(3);
    wide.sendWindow = 2 ** 31 - 1;
    expect(() => windows.changeInitial(65_536, [wide])).toThrow(Http2Error);
  });
});
