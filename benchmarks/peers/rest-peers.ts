/** What POSTs 1 KiB to the same server: autocannon, k6, vegeta and wrk, each as fast as its settings make it. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadTool } from '../load-tool.ts';
import { countIn, k6Arguments, k6Counts } from './k6.ts';
import { numberIn, type PeerCounts, peer } from './peer.ts';

export interface RestSituation {
  /** `host:port` of the server. */
  readonly address: string;
  /** Folder for the inputs and outputs of the tools. */
  readonly directory: string;
  readonly connections: number;
  readonly bodyBytes: number;
  /** null: closed model, one request in flight on each connection. */
  readonly ratePerSecond: number | null;
}

const run = promisify(execFile);
const autocannonScript = join(import.meta.dirname, '..', '..', 'node_modules', 'autocannon', 'autocannon.js');

export function autocannon(situation: RestSituation): LoadTool {
  const { address, connections, ratePerSecond } = situation;
  const bodyFile = writeBody(situation);
  return peer({
    name: 'autocannon',
    unequal: [
      'Runs on the same Node, its only histogram in whole milliseconds.',
      ...(ratePerSecond === null
        ? []
        : [
            'Its rate is a share for each connection and second, sent in bursts on 1 ms timers: there is no pacing to pay for.',
          ]),
    ],
    command: (seconds) => ({
      command: process.execPath,
      args: [
        ...[autocannonScript, '-j', '-n', '-c', String(connections), '-d', String(seconds), '-m', 'POST'],
        ...['-H', 'content-type=application/json', '-i', bodyFile],
        ...(ratePerSecond === null ? [] : ['-R', String(ratePerSecond)]),
        `http://${address}/`,
      ],
    }),
    read: autocannonCounts,
  });
}

export function vegeta(program: string, situation: RestSituation): LoadTool {
  const { address, connections, directory, ratePerSecond } = situation;
  const targets = join(directory, 'vegeta-targets');
  const results = join(directory, 'vegeta-results');
  writeFileSync(targets, `POST http://${address}/\nContent-Type: application/json\n@${writeBody(situation)}\n`);
  const workers = ratePerSecond === null ? ['-workers', String(connections), '-max-workers', String(connections)] : [];
  return peer({
    name: 'vegeta',
    unequal: [
      'Writes each result to a file; reading it into percentiles is a second command that is not charged to it.',
      'Latency counts from the moment a worker is free, not from the intended start.',
    ],
    command: (seconds) => ({
      command: program,
      args: [
        ...['attack', '-targets', targets, '-output', results, '-duration', `${seconds}s`, '-timeout', '10s'],
        ...['-rate', ratePerSecond === null ? '0' : `${ratePerSecond}/1s`, ...workers],
        ...['-connections', String(connections), '-max-connections', String(connections), '-max-body', '0'],
      ],
    }),
    async read() {
      const { stdout } = await run(program, ['report', '-type', 'json', results], { timeout: 60_000 });
      return vegetaCounts(stdout);
    },
  });
}

export function k6Rest(program: string, situation: RestSituation): LoadTool {
  const { address, connections, bodyBytes, ratePerSecond } = situation;
  return peer({
    name: 'k6',
    unequal: ['No response bodies, tags, thresholds or usage report: what its manual advises for large tests.'],
    command: (seconds) => ({
      command: program,
      args: k6Arguments('k6-rest.js'),
      env: {
        K6_URL: `http://${address}/`,
        K6_SECONDS: String(seconds),
        K6_CONNECTIONS: String(connections),
        K6_BODY_BYTES: String(bodyBytes),
        K6_RATE: String(ratePerSecond ?? 0),
      },
    }),
    read: (stdout, seconds) => k6Counts(countIn(stdout, 'http_reqs'), countIn(stdout, 'http_req_failed'), seconds),
  });
}

/** Knows no rate, so it stands in the closed model only. */
export function wrk(program: string, situation: RestSituation): LoadTool {
  const { address, connections, directory, bodyBytes } = situation;
  const script = join(directory, 'wrk.lua');
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = string.rep("x", ${bodyBytes})\n`,
  );
  return peer({
    name: 'wrk',
    unequal: [
      'Sends one request prepared at the start; ids, retries, deadlines, phases and time-outs are not its business.',
    ],
    command: (seconds) => ({
      command: program,
      args: ['-t', '1', '-c', String(connections), '-d', `${Math.ceil(seconds)}s`, '-s', script, `http://${address}/`],
    }),
    read: wrkCounts,
  });
}

function writeBody({ directory, bodyBytes }: RestSituation): string {
  const path = join(directory, 'body');
  writeFileSync(path, 'x'.repeat(bodyBytes));
  return path;
}

export function autocannonCounts(stdout: string): PeerCounts {
  const said = JSON.parse(stdout) as Record<'2xx' | 'non2xx' | 'errors' | 'duration', number>;
  return { completed: said['2xx'], failed: said.non2xx + said.errors, perSecond: said['2xx'] / said.duration };
}

/** Of its JSON report. */
export function vegetaCounts(report: string): PeerCounts {
  const said = JSON.parse(report) as { requests: number; success: number; throughput: number };
  const completed = Math.round(said.requests * said.success);
  return { completed, failed: said.requests - completed, perSecond: said.throughput };
}

/** It prints the lines about what went wrong only when something did. */
export function wrkCounts(stdout: string): PeerCounts {
  const answered = numberIn(stdout, /(\d+) requests in/);
  const refused = numberIn(stdout, /Non-2xx or 3xx responses: (\d+)/);
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? [];
  const failed = refused + broken.reduce((sum, count) => sum + Number(count), 0);
  return { completed: answered - refused, failed, perSecond: numberIn(stdout, /Requests\/sec:\s+([\d.]+)/) };
}
