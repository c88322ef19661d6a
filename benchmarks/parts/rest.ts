import type { Comparison } from '../comparison.ts';
import { ours } from '../ours.ts';
import { fixedRateLengths, highestLengths, type Part, payloadBytes, ratePerSecond } from '../part.ts';
import { ensurePeers } from '../peers/peer-programs.ts';
import { autocannon, k6Rest, vegeta, wrk } from '../peers/rest-peers.ts';
import { programVersions } from '../program-versions.ts';
import { startNginx } from '../servers/nginx.ts';

const connections = 50; // as in scenarios/rest.yaml

export const rest: Part = {
  roundSeconds: { first: 67, later: 53 },
  task: `POST of 1 KiB to nginx (one worker), ${connections} connections`,
  async prepare({ directory, log, signal }) {
    const programs = await ensurePeers(['nginx', 'vegeta', 'k6', 'wrk'], log, signal);
    const { address, stop } = await startNginx(programs.nginx, signal);
    const env = { WIREBENCH_BENCHMARK_ADDRESS: address };
    const situation = { address, directory, connections, bodyBytes: payloadBytes };
    const atRate = { ...situation, ratePerSecond };
    const closed = { ...situation, ratePerSecond: null };
    const comparisons: Comparison[] = [
      {
        title: `REST at ${ratePerSecond}/s, open model`,
        model: 'fixedRate',
        lengths: fixedRateLengths,
        ours: ours({ scenario: 'rest', env }),
        peers: [vegeta(programs.vegeta, atRate), k6Rest(programs.k6, atRate), autocannon(atRate)],
        goals: { vegeta: 1.0, k6: 0.55, autocannon: 1.7 },
      },
      {
        title: 'REST, highest throughput, closed model',
        model: 'highest',
        lengths: highestLengths,
        ours: ours({ scenario: 'rest-closed', env }),
        peers: [
          autocannon(closed),
          wrk(programs.wrk, closed),
          vegeta(programs.vegeta, closed),
          k6Rest(programs.k6, closed),
        ],
        goals: { autocannon: 1.6, wrk: 0.8 },
      },
    ];
    return {
      comparisons,
      versions: programVersions(
        { nginx: [programs.nginx, '-v'], wrk: [programs.wrk, '-v'] },
        ['vegeta', 'k6'],
        ['autocannon'],
      ),
      stop,
    };
  },
};
