import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createFrameMemory, frameHeaderBytes, maskPayload, opcodes, writeFrameHeader } from './frame-writer.ts';

const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 125, 126, 127, 65_535, 65_536];

/** Frames one behind the other, each after `gap` bytes of nothing. */
function writeFrame(payload: Buffer, at: number): { bytes: Buffer; end: number } {
  const memory = createFrameMemory(at + frameHeaderBytes(payload.length) + payload.length);
  const key = writeFrameHeader(memory.bytes, at, opcodes.text, payload.length);
  const start = at + frameHeaderBytes(payload.length);
  payload.copy(memory.bytes, start);
  maskPayload(memory, start, start + payload.length, key);
  return { bytes: memory.bytes.subarray(at, start + payload.length), end: start + payload.length };
}

function payloadOf(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, n) => (n * 7 + 1) % 251));
}

describe('writeFrameHeader and maskPayload', () => {
  it.each(lengths)('write a frame of %i bytes at any alignment', (length) => {
    for (let at = 0; at < 8; at++) {
      const payload = payloadOf(length);
      const { bytes } = writeFrame(payload, at);
      const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
      expect(bytes[0]).toBe(0x81);
      expect((bytes[1] as number) & 0x80).toBe(0x80);
      const told =
        lengthBytes === 0
          ? (bytes[1] as number) & 0x7f
          : bytes.readUIntBE(lengthBytes === 2 ? 2 : 4, lengthBytes === 2 ? 2 : 6);
      expect(told).toBe(length);
      const key = bytes.subarray(2 + lengthBytes, 6 + lengthBytes);
      const unmasked = bytes.subarray(6 + lengthBytes).map((byte, n) => byte ^ (key[n % 4] as number));
      expect(Buffer.compare(unmasked, payload)).toBe(0);
    }
  });

  it('draw a new key for every frame', () => {
    const keys = new Set(Array.from({ length: 3_000 }, () => writeFrame(Buffer.alloc(0), 0).bytes.readUInt32BE(2)));
    expect(keys.size).toBeGreaterThan(2_990);
  });

  it('are understood by ws', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const { createHandshake } = await import('./handshake.ts');
    const { connect } = await import('node:net');
    const { port } = server.address() as AddressInfo;
    const received: string[] = [];
    const all = Promise.withResolvers<void>();
    server.on('connection', (peer) => {
      peer.on('message', (data) => {
        received.push(data.toString());
        if (received.length === lengths.length) all.resolve();
      });
      peer.on('error', all.reject);
    });
    const texts = lengths.map((length) => 'abcdefghijklmnop'.repeat(length / 16 + 1).slice(0, length));
    const socket = connect(port, '127.0.0.1');
    const authority = `127.0.0.1:${port}`;
    socket.write(createHandshake({ host: '127.0.0.1', port, tls: null, authority, path: '', query: '' }).request);
    await once(socket, 'data');
    for (const [n, text] of texts.entries()) socket.write(writeFrame(Buffer.from(text), n % 4).bytes);
    await all.promise;
    expect(received).toEqual(texts);
    socket.destroy();
    server.close();
  });
});
