/** Packed answers, good and bad, as our own client and ws count them. */
import { deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { BenchError } from '../../result/bench-error.ts';
import type { WebSocketClient } from '../../scenarios/scenario.ts';
import { formatOperationId } from '../domain/operation-id.ts';
import { outcomes } from '../driver.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { everyByte, play } from '../driver-suite/scripted-answer.ts';
import { longestMessageBytes } from './frame-reader.ts';
import { opcodes, packedBit } from './frame-writer.ts';
import { acceptFor } from './handshake.ts';
import { websocketEntry } from './preset.ts';

const final = 0x80;
const done = '{"status":"done"}';
const syncFlush = { finishFlush: 2 };
const packed = (plain: string | Buffer) => deflateRawSync(plain, syncFlush).subarray(0, -4);

function frame(first: number, bytes: Buffer): Buffer {
  const header = Buffer.from(bytes.length < 126 ? [first, bytes.length] : [first, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (bytes.length >= 126) header.writeUInt32BE(bytes.length, 6);
  return Buffer.concat([header, bytes]);
}

const whole = frame(final | packedBit | opcodes.text, packed(done));
const [head, rest] = [packed(done).subarray(0, 7), packed(done).subarray(7)];
const ping = frame(final | opcodes.ping, Buffer.from('there?'));
const malformed = 'failed: malformed answer';

const cases: Readonly<Record<string, readonly [bytes: Buffer, expected: string]>> = {
  whole: [whole, 'ok'],
  'that refuses': [frame(final | packedBit | opcodes.text, packed('{"status":"no"}')), 'rejected: reply no'],
  'in fragments with a ping between': [
    Buffer.concat([frame(packedBit | opcodes.text, head), ping, frame(final, rest)]),
    'ok',
  ],
  'as it is, though it might be packed': [frame(final | opcodes.text, Buffer.from(done)), 'ok'],
  'that is no deflate': [frame(final | packedBit | opcodes.text, Buffer.from(done)), malformed],
  'packed from its second fragment on': [
    Buffer.concat([frame(opcodes.text, head), frame(final | packedBit, rest)]),
    malformed,
  ],
  'behind a packed ping': [Buffer.concat([frame(final | packedBit | opcodes.ping, head), whole]), malformed],
  'with another reserved bit': [frame(final | 0x20 | opcodes.text, packed(done)), malformed],
  bomb: [
    frame(final | packedBit | opcodes.text, packed(Buffer.alloc(longestMessageBytes + 1))),
    'failed: oversized answer',
  ],
};

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Of a client, which masks: whole ones, none long. */
function framesOf(data: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    const end = at + 6 + ((data[at + 1] as number) & 0x7f);
    frames.push(Buffer.from(data.subarray(at, end)));
    at = end;
  }
  return frames;
}

/** The payload of a short frame. */
function unmasked(sent: Buffer): Buffer {
  const key = sent.subarray(2, 6);
  return Buffer.from(sent.subarray(6).map((octet, n) => octet ^ (key[n % 4] as number)));
}

/** Each connection's first message is answered with `bytes`, every later one with a good answer. */
async function open(
  client: WebSocketClient,
  bytes: Buffer,
  splits = false,
  extensions = 'permessage-deflate',
  minBytes = 0,
) {
  const requests: Buffer[] = [];
  const server = await RawServer.listen((socket, n) => {
    socket.on('data', (data) => {
      const key = /sec-websocket-key: (\S+)/i.exec(data.toString('latin1'))?.[1];
      if (key !== undefined) {
        const lines = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade'];
        if (extensions !== '') lines.push(`sec-websocket-extensions: ${extensions}`);
        socket.write(`${[...lines, `sec-websocket-accept: ${acceptFor(key)}`].join('\r\n')}\r\n\r\n`);
        return;
      }
      for (const sent of framesOf(data)) {
        const opcode = (sent[0] as number) & 0x0f;
        if (opcode === opcodes.close) socket.end();
        if (opcode !== opcodes.text) continue;
        const isFirst = n === 0 && requests.length === 0;
        requests.push(sent);
        const scripted = { bytes: isFirst ? bytes : whole, ending: 'stay' } as const;
        void play(socket, scripted, isFirst && splits ? everyByte(scripted) : []);
      }
    });
  });
  cleanUp.push(() => server.close());
  const recorded = await RecordedSession.open({
    driver: websocketEntry.driver,
    target: {
      ...{ name: 'own', protocol: 'websocket', engine: 'native', via: 'direct', connections: 1, client },
      compression: { codec: 'deflate', contextTakeover: extensions === 'permessage-deflate', minBytes },
    },
    address: server.address,
    operations: {
      ask: {
        pattern: 'request-reply',
        request: { message: '{"id":"{{id}}"}', expect: { pointer: '/status', values: ['done'] } },
      },
    },
  });
  cleanUp.push(async () => {
    await recorded.close();
    expect(recorded.violations).toEqual([]);
  });
  return { recorded, requests };
}

async function outcomeOf(recorded: RecordedSession): Promise<string> {
  const { outcome, reason } = await recorded.run('ask');
  if (outcome === outcomes.ok) return 'ok';
  return `${outcome === outcomes.rejected ? 'rejected' : 'failed'}: ${reason}`;
}

describe.each(['own', 'ws'] as const)('with the client %s', (client) => {
  it.each(Object.entries(cases))('an answer %s', async (_name, [bytes, expected]) => {
    const { recorded } = await open(client, bytes);
    expect(await outcomeOf(recorded)).toBe(expected);
    expect(await outcomeOf(recorded)).toBe('ok');
  });

  it.each(Object.entries(cases).filter(([, [bytes]]) => bytes.length < 200))(
    'an answer %s, byte by byte',
    async (_name, [bytes, expected]) => {
      const { recorded } = await open(client, bytes, true);
      expect(await outcomeOf(recorded)).toBe(expected);
      expect(await outcomeOf(recorded)).toBe('ok');
    },
  );

  it('a message says that it is packed, and both ways are counted', async () => {
    const { recorded, requests } = await open(client, whole);
    const { id } = await recorded.run('ask');
    const plainBytes = Buffer.byteLength(`{"id":"${id}"}`);
    const first = requests[0]?.[0];
    expect(first).toBe(final | packedBit | opcodes.text);
    expect(recorded.session.bodyBytes?.()).toEqual({
      plainBytesUp: plainBytes,
      wireBytesUp: (requests[0]?.length ?? 0) - 6,
      plainBytesDown: done.length,
      wireBytesDown: packed(done).length,
    });
  });

  it.each(['permessage-deflate', 'permessage-deflate; client_no_context_takeover; server_no_context_takeover'])(
    'a message that is too small to be packed says that it goes as it is: %s',
    async (extensions) => {
      const plainBytes = `{"id":"${formatOperationId('c0117ac7', 0, 0)}"}`.length;
      for (const [minBytes, isPacked] of [
        [plainBytes + 1, false],
        [plainBytes, true],
      ] as const) {
        const { recorded, requests } = await open(client, whole, false, extensions, minBytes);
        const { id } = await recorded.run('ask');
        const [sent = Buffer.alloc(0)] = requests;
        expect(sent[0]).toBe(final | (isPacked ? packedBit : 0) | opcodes.text);
        if (!isPacked) expect(unmasked(sent).toString()).toBe(`{"id":"${id}"}`);
        expect(recorded.session.bodyBytes?.()).toEqual({
          plainBytesUp: isPacked ? plainBytes : 0,
          wireBytesUp: isPacked ? sent.length - 6 : 0,
          plainBytesDown: done.length,
          wireBytesDown: packed(done).length,
        });
      }
    },
  );

  it.each([
    ['leaves messages as they are', ''],
    ['wants the context that it was asked to do without', 'permessage-deflate; client_no_context_takeover'],
  ])('a peer that %s is none to measure', async (_name, extensions) => {
    const error = await open(client, whole, false, extensions).catch((reason: unknown) => reason as BenchError);
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringContaining('handshake') });
  });
});
