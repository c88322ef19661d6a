/** For tests against known truths: short runs of a service whose behaviour is given. */
import type { PhaseResult, TrialResult } from '../result/result-types.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('truth');

export async function playTruth(
  service: string,
  conditions: string,
  targets: string,
  load = 'model: open, rate: 200/s',
  times = 'warmup: 500ms, duration: 2s',
  more = '',
): Promise<readonly TrialResult[]> {
  const { result } = await rig.play(
    `name: truth
workload:
  operations:
    placeOrder: { weight: 1, pattern: one-way, payload: order }
    getOrder: { weight: 1, pattern: request-reply }
  payloads: { order: { size: 256B } }
  service: { ${service} }
load: { ${load}, ${times} }
targets: { ${targets} }
conditions: { ${conditions} }
${more}
`,
  );
  return result.trials;
}

export function getOf(phase: PhaseResult | undefined) {
  const operation = phase?.operations.getOrder;
  if (operation === undefined) throw new Error('getOrder is not in the result');
  return operation;
}

/** Targets without a broker. */
export const directTargets = ['rest', 'grpc', 'websocket']
  .map((protocol) => `${protocol}: { protocol: ${protocol} }`)
  .join(', ');
