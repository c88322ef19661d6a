/**
 * Stands between a client and its broker, in a process of its own, and notes when each operation's id went towards the
 * client, just before the bytes went to the kernel: what a broker's client adds to that is not the broker's.
 */
import net from 'node:net';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';

export interface RelayOrder {
  readonly type: 'listen' | 'collect';
  readonly host?: string;
  readonly port?: number;
  readonly upstreamHost?: string;
  readonly upstreamPort?: number;
  /** Of how many a length byte counts one character. */
  readonly lengthFactor?: number;
}

/** `seen`: operation id → monotonic µs, of all since the last order to collect. */
export type RelayReport =
  | { readonly type: 'listening' }
  | { readonly type: 'seen'; readonly seen: Readonly<Record<string, number>> };

const idPattern = /[0-9a-f]{8}-[0-9a-f]{4}-\d{10}/g;
const correlationPattern = /[0-9a-f]{8}\.\d+\.\d+\.\d+/g;
/** A message may be cut by the end of what came at once. */
const keptBytes = 400;

/** Correlation id → operation id, as the requests have them. */
let idOf: Record<string, string> = {};
let unknownDown = 0;
let seen: Record<string, number> = {};

/** Digits may follow by chance: how long it is stands in the byte before it, which Kafka doubles. */
function correlationsIn(text: string, lengthFactor: number): { at: number; correlation: string }[] {
  return [...text.matchAll(correlationPattern)].flatMap(({ index }) => {
    const length = text.charCodeAt(index - 1) / lengthFactor;
    const end = index + length;
    return length > 0 && end <= text.length ? [{ at: index, correlation: text.slice(index, end) }] : [];
  });
}

/** Both stand in one message: the operation's id before the other in a record of Kafka, behind it in a frame of AMQP. */
function noteRequests(text: string, lengthFactor: number): void {
  const ids = [...text.matchAll(idPattern)];
  for (const { at, correlation } of correlationsIn(text, lengthFactor)) {
    const id = lengthFactor === 2 ? ids.findLast(({ index }) => index < at) : ids.find(({ index }) => index > at);
    if (id !== undefined) idOf[correlation] ??= id[0];
  }
}

function relay(client: net.Socket, { upstreamHost = '', upstreamPort = 0, lengthFactor = 1 }: RelayOrder): void {
  const upstream = net.connect(upstreamPort, upstreamHost);
  client.setNoDelay(true);
  upstream.setNoDelay(true);
  let [up, down] = ['', ''];
  client.on('data', (chunk) => {
    upstream.write(chunk);
    up += chunk.toString('latin1');
    noteRequests(up, lengthFactor);
    up = up.slice(-keptBytes);
  });
  upstream.on('data', (chunk) => {
    down += chunk.toString('latin1');
    const answered = correlationsIn(down, lengthFactor);
    down = down.slice(-keptBytes);
    const nowUs = monotonicNowUs();
    client.write(chunk);
    for (const { correlation } of answered) {
      const id = idOf[correlation];
      if (id !== undefined) seen[id] ??= nowUs;
      else unknownDown++;
    }
  });
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

const send = (report: RelayReport) => process.send?.(report);
process.on('message', (order: RelayOrder) => {
  if (order.type === 'collect') {
    console.log(Object.keys(idOf).length, new Set(Object.values(idOf)).size, Object.keys(seen).length, unknownDown);
    send({ type: 'seen', seen });
    [seen, idOf] = [{}, {}];
    return;
  }
  const { host = '', port = 0 } = order;
  net.createServer((client) => relay(client, order)).listen(port, host, () => send({ type: 'listening' }));
});
process.on('disconnect', () => process.exit(0));
