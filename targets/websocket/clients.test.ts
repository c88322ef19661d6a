/** Our own client and ws on the same scripted bytes: each answer counts the same with both, or the table says why not. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebSocketClient } from '../../scenarios/scenario.ts';
import { outcomes } from '../driver.ts';
import { RawServer } from '../driver-suite/raw-server.ts';
import { RecordedSession } from '../driver-suite/recorded-session.ts';
import { everyByte, play, type ScriptedAnswer } from '../driver-suite/scripted-answer.ts';
import { opcodes } from './frame-writer.ts';
import { acceptFor } from './handshake.ts';
import { websocketEntry } from './preset.ts';

const clients: readonly WebSocketClient[] = ['own', 'ws'];

const ok = 'ok';
const malformed = 'failed: malformed answer';
const oversized = 'failed: oversized answer';
const closed = 'failed: connection closed';
const reset = 'failed: connection reset';

interface Case extends ScriptedAnswer {
  readonly expected: string;
  /** With ws, and why. */
  readonly ws?: { readonly expected: string; readonly why: string };
}

const final = 0x80;

/** A frame as servers send it; `first` holds the final bit, the reserved ones and the opcode. */
function frame(first: number, payload: string | Buffer = ''): Buffer {
  const bytes = Buffer.from(payload);
  const length = Buffer.from(bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([Buffer.from([first]), length, bytes]);
}

function text(payload: string | Buffer): Buffer {
  return frame(final | opcodes.text, payload);
}

function close(code: number, reason = ''): Buffer {
  return frame(final | opcodes.close, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}

function answer(frames: readonly Buffer[], expected: string, rest: Partial<Pick<Case, 'ending' | 'ws'>> = {}): Case {
  return { bytes: Buffer.concat(frames), expected, ending: 'stay', ...rest };
}

const ping = frame(final | opcodes.ping, 'there?');
const unfollowedClose = 'a close that the peer does not follow';
const done = '{"status":"done"}';

const cases: Readonly<Record<string, Case>> = {
  'a text': answer([text(done)], ok),
  'a binary message': answer([frame(final | opcodes.binary, done)], ok),
  'a longer text': answer([text(`{"status":"done","more":"${'x'.repeat(200)}"}`)], ok),
  'a refusal': answer([text('{"status":"no"}')], 'rejected: reply no'),
  'a text without a code': answer([text('{}')], 'rejected: reply without a code'),
  'an empty text': answer([text('')], 'rejected: reply without a code'),
  'a text in fragments': answer(
    [frame(opcodes.text, done.slice(0, 5)), frame(opcodes.continuation, done.slice(5, 9)), frame(final, done.slice(9))],
    ok,
  ),
  'fragments with a ping between': answer(
    [frame(opcodes.text, done.slice(0, 5)), ping, frame(final, done.slice(5))],
    ok,
  ),
  'an empty fragment at the end': answer([frame(opcodes.text, done), frame(final)], ok),
  'a ping, an unasked pong, a text': answer([ping, frame(final | opcodes.pong), text(done)], ok),
  'an orderly close': answer([close(1000, 'bye')], closed, { ending: 'end' }),
  'a close of one that goes away': answer([close(1001)], closed, { ending: 'end' }),
  'a close without a code': answer([frame(final | opcodes.close)], closed, { ending: 'end' }),
  'a close that complains': answer([close(1011, 'oh no')], 'failed: connection closed with 1011', { ending: 'end' }),
  'a close with a code of its own': answer([close(4_321)], 'failed: connection closed with 4321', { ending: 'end' }),
  [unfollowedClose]: answer([close(1000)], closed),
  'a close with a code that is never sent': answer([close(1006)], malformed),
  'a close with a code out of range': answer([close(999)], malformed),
  'a close with a reason that is no UTF-8': answer(
    [Buffer.from([final | opcodes.close, 3, 0x03, 0xe8, 0xff])],
    malformed,
  ),
  'a close with half a code': answer([frame(final | opcodes.close, 'x')], malformed),
  'the end without a close': answer([], closed, { ending: 'end' }),
  'half a frame and the end': answer([text(done).subarray(0, 9)], closed, { ending: 'end' }),
  'a reset': answer([], reset, { ending: 'reset' }),
  'a masked frame': answer([Buffer.from([final | opcodes.text, 0x82, 1, 2, 3, 4, 5, 6])], malformed),
  'a reserved bit': answer([frame(final | 0x40 | opcodes.text, done)], malformed),
  'an unknown opcode': answer([frame(final | 0x3, done)], malformed),
  'an unknown control': answer([frame(final | 0xb, done)], malformed),
  'a continuation of nothing': answer([frame(final | opcodes.continuation, done)], malformed),
  'a text amid another': answer([frame(opcodes.text, '{'), text(done)], malformed),
  'a ping in fragments': answer([frame(opcodes.ping, 'there?')], malformed),
  'a ping too long': answer([frame(final | opcodes.ping, 'x'.repeat(126))], malformed),
  'a text that is no UTF-8': answer([text(Buffer.from('{"status":"done","x":"\xff"}', 'latin1'))], ok, {
    ws: { expected: malformed, why: 'it judges the whole text; ours reads only the values that it is told to look at' },
  }),
  'a length out of all bounds': answer(
    [Buffer.from([final | opcodes.text, 127, 0x7f, 0, 0, 0, 0, 0, 0, 0])],
    oversized,
  ),
  'a message too large': answer([Buffer.from([final | opcodes.text, 127, 0, 0, 0, 0, 2, 0, 0, 0])], oversized),
  'fragments too large together': answer(
    [frame(opcodes.text, '{'), Buffer.from([final | opcodes.continuation, 127, 0, 0, 0, 0, 1, 0x10, 0, 0])],
    oversized,
  ),
};

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Of a client, which masks: whole frames, none long. */
function firstBytesOf(data: Buffer): number[] {
  const firsts: number[] = [];
  for (let at = 0; at < data.length; at += 6 + ((data[at + 1] as number) & 0x7f)) firsts.push(data[at] as number);
  return firsts;
}

/** The first message is answered by the script, those on later connections well. */
async function open(
  client: WebSocketClient,
  script: (socket: Socket) => void,
  endsAtClose = true,
): Promise<RecordedSession> {
  const server = await RawServer.listen((socket, n) => {
    let isGreeted = false;
    let isAnswered = false;
    socket.on('data', (data) => {
      if (!isGreeted) {
        const key = /sec-websocket-key: (\S+)/i.exec(data.toString('latin1'))?.[1] ?? '';
        const head = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade'];
        socket.write(`${[...head, `sec-websocket-accept: ${acceptFor(key)}`].join('\r\n')}\r\n\r\n`);
        isGreeted = true;
        return;
      }
      for (const first of firstBytesOf(data)) {
        if (first === (final | opcodes.close) && endsAtClose) socket.end();
        if (first !== (final | opcodes.text)) continue;
        if (n > 0 || isAnswered) socket.write(text(done));
        else script(socket);
        isAnswered = true;
      }
    });
  });
  cleanUp.push(() => server.close());
  const recorded = await RecordedSession.open({
    driver: websocketEntry.driver,
    target: { name: 'own', protocol: 'websocket', engine: 'native', via: 'direct', connections: 1, client },
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
  return recorded;
}

async function outcomeOf(recorded: RecordedSession): Promise<string> {
  const { outcome, reason } = await recorded.run('ask');
  if (outcome === outcomes.ok) return ok;
  return `${outcome === outcomes.rejected ? 'rejected' : 'failed'}: ${reason}`;
}

describe.each(clients)('an answer, with the client %s:', (client) => {
  const expectedOf = ({ expected, ws }: Case) => (client === 'ws' ? (ws?.expected ?? expected) : expected);

  it.each(Object.entries(cases))('%s', async (name, scripted) => {
    const recorded = await open(client, (socket) => void play(socket, scripted), name !== unfollowedClose);
    expect(await outcomeOf(recorded)).toBe(expectedOf(scripted));
    expect(await outcomeOf(recorded)).toBe(ok);
  });

  it.each(Object.entries(cases))('%s, byte by byte', async (_name, scripted) => {
    const recorded = await open(client, (socket) => void play(socket, scripted, everyByte(scripted)));
    expect(await outcomeOf(recorded)).toBe(expectedOf(scripted));
    expect(await outcomeOf(recorded)).toBe(ok);
  });

  it('to a flood of pings that nobody reads the answers of: the last one, and far from all', async () => {
    const pings = 200_000;
    const told = Promise.withResolvers<number>();
    const recorded = await open(client, (socket) => {
      socket.removeAllListeners('data').pause();
      const flood = Array.from({ length: pings }, (_, n) => frame(final | opcodes.ping, String(n).padEnd(100)));
      socket.write(Buffer.concat(flood), () => {
        let bytes = 0;
        let read: Buffer = Buffer.alloc(0);
        socket.on('data', (data) => {
          bytes += data.length;
          read = Buffer.concat([read, data]).subarray(-100 - 4); // the last pong may come in pieces
          const last = read;
          const payload = last.subarray(4).map((byte, n) => byte ^ (last[n % 4] as number));
          if (Number(Buffer.from(payload).toString()) === pings - 1) told.resolve(bytes / 106);
        });
        socket.resume();
      });
    });
    const attempt = recorded.start('ask');
    expect(await told.promise).toBeLessThan(pings * 0.8);
    recorded.abort(attempt);
  });

  it('several texts in one piece, each for its question', async () => {
    const pieces = Buffer.concat([text(done), text('{"status":"no"}'), text(done)]);
    const recorded = await open(client, (socket) => socket.write(pieces));
    expect(await Promise.all([1, 2, 3].map(() => outcomeOf(recorded)))).toEqual([ok, 'rejected: reply no', ok]);
  });

  it('takes a connection that the peer closes for none, though it is still there', async () => {
    const closes = (socket: Socket) => socket.write(close(1000), () => socket.pause()); // and does not read the answer
    const recorded = await open(client, closes, false);
    const first = recorded.start('ask');
    await first.whenSent;
    await sleep(50); // the close frame is here, the end is not
    const second = recorded.start('ask');
    await Promise.all([first.whenEnded, second.whenEnded]);
    expect([first.outcome, second.outcome]).toEqual([outcomes.failed, outcomes.ok]);
  });
});
