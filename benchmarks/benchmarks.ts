/** All benchmarks by name. */
import { agentsBenchmark } from './agents-benchmark.ts';
import type { Benchmark } from './benchmark.ts';
import { connectionsBenchmark } from './connections-benchmark.ts';
import { memory } from './memory-benchmark.ts';
import { partBenchmark } from './part-benchmark.ts';
import { grpc } from './parts/grpc.ts';
import { queues } from './parts/queue.ts';
import { rest } from './parts/rest.ts';
import { stream } from './parts/stream.ts';
import { websocket } from './parts/websocket.ts';
import { soak } from './soak-benchmark.ts';

export const benchmarks = {
  rest: partBenchmark(rest),
  grpc: partBenchmark(grpc),
  websocket: partBenchmark(websocket),
  queue: partBenchmark(queues),
  stream: partBenchmark(stream),
  memory,
  soak,
  connections: connectionsBenchmark,
  agents: agentsBenchmark,
} as const satisfies Record<string, Benchmark>;
