/** All benchmarks by name. */
import type { Benchmark } from './benchmark.ts';
import { partBenchmark } from './part-benchmark.ts';
import { grpc } from './parts/grpc.ts';
import { rest } from './parts/rest.ts';
import { websocket } from './parts/websocket.ts';

export const benchmarks = {
  rest: partBenchmark(rest),
  grpc: partBenchmark(grpc),
  websocket: partBenchmark(websocket),
} as const satisfies Record<string, Benchmark>;
