/** What makes the same unary call: ghz and h2load. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadTool } from '../load-tool.ts';
import { numberIn, type PeerCounts, peer } from './peer.ts';

export interface GrpcSituation {
  /** `host:port` of the server. */
  readonly address: string;
  /** Folder for the inputs of the tools. */
  readonly directory: string;
  readonly connections: number;
  /** Calls in flight over all connections: at most, with a rate; always, without. */
  readonly concurrency: number;
  readonly bodyBytes: number;
  /** null: closed model. */
  readonly ratePerSecond: number | null;
}

const proto = join(import.meta.dirname, '..', 'scenarios', 'interop.proto');

export function ghz(program: string, situation: GrpcSituation): LoadTool {
  const { address, directory, connections, concurrency, bodyBytes, ratePerSecond } = situation;
  const data = join(directory, 'ghz-data.json');
  writeFileSync(data, JSON.stringify({ payload: { body: Buffer.alloc(bodyBytes, 'x').toString('base64') } }));
  return peer({
    name: 'ghz',
    unequal: [
      'Sends one message that it encodes once; its summary only, no export of each call.',
      ...(ratePerSecond === null
        ? []
        : ['A ticker feeds a fixed number of workers: when all wait for answers, it falls behind without a word.']),
    ],
    command: (seconds) => ({
      command: program,
      args: [
        ...['--insecure', '--proto', proto, '--call', 'grpc.testing.TestService/UnaryCall', '-D', data],
        ...['-z', `${seconds}s`, '--duration-stop', 'wait', '-n', '2147483647', '-O', 'summary'],
        ...['-c', String(concurrency), '--connections', String(connections), '-t', '10s'],
        ...(ratePerSecond === null ? [] : ['--rps', String(ratePerSecond)]),
        address,
      ],
    }),
    read: ghzCounts,
  });
}

/** Of its summary. */
export function ghzCounts(stdout: string): PeerCounts {
  const completed = numberIn(stdout, /\[OK\]\s+(\d+) responses/);
  const all = numberIn(stdout, /Count:\s+(\d+)/);
  return { completed, failed: all - completed, perSecond: numberIn(stdout, /Requests\/sec:\s+([\d.]+)/) };
}

/** Knows no request rate, so it stands in the closed model only. */
export function h2load(program: string, situation: GrpcSituation): LoadTool {
  const { address, directory, connections, concurrency, bodyBytes } = situation;
  const data = join(directory, 'h2load-body');
  writeFileSync(data, framedRequest(bodyBytes));
  return peer({
    name: 'h2load',
    unequal: [
      'An HTTP/2 tool: it sends bytes prepared here, and takes an HTTP status 200 for an answer without reading the gRPC status.',
    ],
    command: (seconds) => ({
      command: program,
      args: [
        ...['-t', '1', '-c', String(connections), '-m', String(Math.round(concurrency / connections))],
        ...['-D', String(seconds), '-d', data, '-H', 'content-type: application/grpc', '-H', 'te: trailers'],
        `http://${address}/grpc.testing.TestService/UnaryCall`,
      ],
    }),
    read: h2loadCounts,
  });
}

/** Answers with another status than 2xx, errors and time-outs are all among those that failed. */
export function h2loadCounts(stdout: string): PeerCounts {
  const completed = numberIn(stdout, /(\d+) 2xx,/);
  const failed = numberIn(stdout, /(\d+) failed,/);
  return { completed, failed, perSecond: numberIn(stdout, /finished in [^,]+, ([\d.]+) req\/s/) };
}

/** SimpleRequest { payload (3): Payload { body (2): bytes } } behind gRPC's five bytes: not compressed, length. */
function framedRequest(bodyBytes: number): Buffer {
  const payload = Buffer.concat([Buffer.from([2 * 8 + 2, ...varint(bodyBytes)]), Buffer.alloc(bodyBytes, 'x')]);
  const request = Buffer.concat([Buffer.from([3 * 8 + 2, ...varint(payload.length)]), payload]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(request.length, 1);
  return Buffer.concat([prefix, request]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
