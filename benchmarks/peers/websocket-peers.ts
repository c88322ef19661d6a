/** What sends the same text messages to the same echo: k6 and plain `ws`. */
import { join } from 'node:path';
import type { LoadTool } from '../load-tool.ts';
import { countIn, k6Arguments, k6Counts } from './k6.ts';
import { lastJsonLine, peer } from './peer.ts';

export interface WebSocketSituation {
  /** `host:port` of the server. */
  readonly address: string;
  readonly connections: number;
  readonly bodyBytes: number;
  /** null: closed model, one message in flight on each connection. */
  readonly ratePerSecond: number | null;
}

/** `latency`: it records round trips, as ours always does; without, it counts messages and nothing more. */
export function k6WebSocket(program: string, situation: WebSocketSituation, latency: boolean): LoadTool {
  const { address, connections, bodyBytes, ratePerSecond } = situation;
  return peer({
    name: latency ? 'k6' : 'k6, counting',
    unequal: [
      latency
        ? 'Latency as one Trend in whole milliseconds; no tags, thresholds or usage report.'
        : 'Counts messages and records no latency; no tags, thresholds or usage report.',
      ...(ratePerSecond === null ? [] : ['It has no arrival rate over open connections: each one sends on a timer.']),
    ],
    command: (seconds) => ({
      command: program,
      args: k6Arguments('k6-websocket.js'),
      env: {
        K6_URL: `ws://${address}/`,
        K6_SECONDS: String(seconds),
        K6_CONNECTIONS: String(connections),
        K6_BODY_BYTES: String(bodyBytes),
        K6_RATE: String(ratePerSecond ?? 0),
        K6_LATENCY: latency ? '1' : '0',
      },
    }),
    read(stdout, seconds) {
      const sent = countIn(stdout, 'ws_msgs_sent');
      return k6Counts(sent, sent - countIn(stdout, 'ws_msgs_received'), seconds);
    },
  });
}

export function plainWs({ address, connections, bodyBytes, ratePerSecond }: WebSocketSituation): LoadTool {
  return peer({
    name: 'plain ws',
    unequal: ['Counts echoes and nothing else: no latency, no deadline, no id.'],
    command: (seconds) => ({
      command: process.execPath,
      args: [
        join(import.meta.dirname, 'plain-ws-client.ts'),
        `ws://${address}/`,
        ...[connections, bodyBytes, seconds, ratePerSecond ?? 0].map(String),
      ],
    }),
    read: lastJsonLine,
  });
}
