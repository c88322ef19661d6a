import { describe, expect, it } from 'vitest';
import { ghzCounts, h2loadCounts } from './grpc-peers.ts';
import { countIn, k6Counts } from './k6.ts';
import { lastJsonLine } from './peer.ts';
import { autocannonCounts, vegetaCounts, wrkCounts } from './rest-peers.ts';
import { performanceCounts } from './stream-peers.ts';

describe('what a peer says it did', () => {
  it('wrk, all well', () => {
    const said = `  26490 requests in 1.00s, 3.92MB read\nRequests/sec:  26400.71\nTransfer/sec:      3.90MB\n`;
    expect(wrkCounts(said)).toEqual({ completed: 26_490, failed: 0, perSecond: 26_400.71 });
  });

  it('wrk, with refusals and broken sockets', () => {
    const said = `  1000 requests in 1.00s, 1.00MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 100
Requests/sec:   1000.00\n`;
    expect(wrkCounts(said)).toEqual({ completed: 900, failed: 110, perSecond: 1_000 });
  });

  it('autocannon', () => {
    const said = JSON.stringify({ '2xx': 900, non2xx: 60, errors: 40, duration: 3 });
    expect(autocannonCounts(said)).toEqual({ completed: 900, failed: 100, perSecond: 300 });
  });

  it('vegeta', () => {
    const said = JSON.stringify({ requests: 3_000, success: 0.99, throughput: 989.5 });
    expect(vegetaCounts(said)).toEqual({ completed: 2_970, failed: 30, perSecond: 989.5 });
  });

  it('k6, whose summary is the last line, and whose rates count what was true', () => {
    const metrics = { http_reqs: { values: { count: 500, rate: 250 } }, http_req_failed: { values: { passes: 20 } } };
    const said = `an earlier line\n${JSON.stringify({ metrics })}\n`;
    const counts = k6Counts(countIn(said, 'http_reqs'), countIn(said, 'http_req_failed'), 2);
    expect(counts).toEqual({ completed: 480, failed: 20, perSecond: 240 });
    expect(countIn(said, 'never')).toBe(0);
  });

  it('ghz', () => {
    const said = `
Summary:
  Count:	2442
  Total:	1.00 s
  Requests/sec:	2441.42

Latency distribution:
  99 % in 5.78 ms

Status code distribution:
  [OK]            2440 responses
  [Unavailable]   2 responses
`;
    expect(ghzCounts(said)).toEqual({ completed: 2_440, failed: 2, perSecond: 2_441.42 });
  });

  it('h2load', () => {
    const said = `finished in 1.00s, 14781.00 req/s, 187.87KB/s
requests: 14781 total, 14785 started, 14781 done, 14700 succeeded, 81 failed, 1 errored, 3 timeout
status codes: 14700 2xx, 0 3xx, 80 4xx, 0 5xx\n`;
    expect(h2loadCounts(said)).toEqual({ completed: 14_700, failed: 81, perSecond: 14_781 });
  });

  it("Kafka's performance tool, the last line of which accounts for the whole run", () => {
    const said = `40000 records sent, 8000.0 records/sec (7.81 MB/sec), 12.0 ms avg latency, 90.0 ms max latency.
59999 records sent, 42508.1 records/sec (41.51 MB/sec), 80.10 ms avg latency, 240.00 ms max latency, 70 ms 50th, 150 ms 95th, 200 ms 99th, 239 ms 99.9th.\n`;
    expect(performanceCounts(said, 60_000)).toEqual({ completed: 59_999, failed: 1, perSecond: 42_508.1 });
    expect(() => performanceCounts('org.apache.kafka.common.errors.TimeoutException', 60_000)).toThrow('no summary');
  });

  it('a client written here, in the last line', () => {
    const counts = { completed: 7, failed: 1, perSecond: 3.5 };
    expect(lastJsonLine(`(node:1) a warning\n${JSON.stringify(counts)}\n`)).toEqual(counts);
  });
});
