import type { Comparison } from '../comparison.ts';
import { ours } from '../ours.ts';
import { fixedRateLengths, highestLengths, type Part, payloadBytes, ratePerSecond } from '../part.ts';
import { ensurePeers } from '../peers/peer-programs.ts';
import { k6WebSocket, plainWs } from '../peers/websocket-peers.ts';
import { programVersions } from '../program-versions.ts';
import { startGoServer } from '../servers/go-server.ts';

const connections = 50; // as in scenarios/websocket.yaml

export const websocket: Part = {
  roundSeconds: { first: 60, later: 52 },
  task: `text message of 1 KiB to an echo server (gorilla/websocket), ${connections} connections`,
  async prepare({ log, signal }) {
    const programs = await ensurePeers(['echoServer', 'k6'], log, signal);
    const { address, stop } = await startGoServer(
      { name: 'echo server', program: programs.echoServer, args: (port) => [`127.0.0.1:${port}`] },
      signal,
    );
    const env = { WIREBENCH_BENCHMARK_ADDRESS: address };
    const situation = { address, connections, bodyBytes: payloadBytes };
    const atRate = { ...situation, ratePerSecond };
    const closed = { ...situation, ratePerSecond: null };
    const comparisons: Comparison[] = [
      {
        title: `WebSocket at ${ratePerSecond}/s, open model`,
        model: 'fixedRate',
        lengths: fixedRateLengths,
        ours: ours({ scenario: 'websocket', env }),
        peers: [k6WebSocket(programs.k6, atRate, true), k6WebSocket(programs.k6, atRate, false), plainWs(atRate)],
        goals: { k6: 0.6, 'k6, counting': 0.6 },
      },
      {
        title: 'WebSocket, highest throughput, closed model',
        model: 'highest',
        lengths: highestLengths,
        ours: ours({ scenario: 'websocket-closed', env }),
        peers: [k6WebSocket(programs.k6, closed, true), k6WebSocket(programs.k6, closed, false), plainWs(closed)],
        goals: { k6: 3, 'k6, counting': 3, 'plain ws': 1.6 },
      },
    ];
    return { comparisons, versions: programVersions({}, ['echoServer', 'k6'], ['ws']), stop };
  },
};
