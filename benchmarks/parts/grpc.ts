import type { Comparison } from '../comparison.ts';
import { ours } from '../ours.ts';
import { fixedRateLengths, highestLengths, type Part, payloadBytes, ratePerSecond } from '../part.ts';
import { ghz, h2load } from '../peers/grpc-peers.ts';
import { ensurePeers } from '../peers/peer-programs.ts';
import { programVersions } from '../program-versions.ts';
import { startGoServer } from '../servers/go-server.ts';

const connections = 10; // as in scenarios/grpc.yaml
const concurrency = 50;

export const grpc: Part = {
  roundSeconds: { first: 37, later: 37 },
  task: `unary call with 1 KiB to grpc-go's interoperability server, ${connections} connections, ${concurrency} in flight when closed`,
  async prepare({ directory, log, signal }) {
    const programs = await ensurePeers(['interopServer', 'ghz', 'h2load'], log, signal);
    const { address, stop } = await startGoServer(
      { name: 'grpc-go interop server', program: programs.interopServer, args: (port) => [`127.0.0.1:${port}`] },
      signal,
    );
    const env = { WIREBENCH_BENCHMARK_ADDRESS: address };
    const situation = { address, directory, connections, concurrency, bodyBytes: payloadBytes };
    const comparisons: Comparison[] = [
      {
        title: `gRPC at ${ratePerSecond}/s, open model`,
        model: 'fixedRate',
        lengths: fixedRateLengths,
        ours: ours({ scenario: 'grpc', env }),
        peers: [ghz(programs.ghz, { ...situation, ratePerSecond })],
        goals: { ghz: 0.45 },
      },
      {
        title: 'gRPC, highest throughput, closed model',
        model: 'highest',
        lengths: highestLengths,
        ours: ours({ scenario: 'grpc-closed', env }),
        peers: [
          ghz(programs.ghz, { ...situation, ratePerSecond: null }),
          h2load(programs.h2load, { ...situation, ratePerSecond: null }),
        ],
        goals: { ghz: 4, h2load: 0.5 },
      },
    ];
    const versions = programVersions({ h2load: [programs.h2load, '--version'] }, ['interopServer', 'ghz']);
    return { comparisons, versions, stop };
  },
};
