/** The scenario of one calibration trial: one cheap read over one protocol, without a proxy between, evenly spaced. */
import type { Protocol } from '../../result/result-types.ts';
import type { Scenario, Target, Workload } from '../../scenarios/scenario.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { scenarioError } from '../../scenarios/schema/problem.ts';

export interface CalibrationLoad {
  readonly ratePerSecond: number;
  readonly warmupMs: number;
  readonly durationMs: number;
}

export type KnownService = Partial<Pick<Workload['service'], 'workTimeMs' | 'slow' | 'stall'>>;

/** All that is offered in a stall is in flight at its end; a bound reached would be a second, unknown truth. */
const longDeadlineMs = 5_000;
const leastInFlight = 2_000;

/** Written as a scenario file would be, so that every default is the one that a user's run has. */
export function calibrationScenario(
  protocol: Protocol,
  load: CalibrationLoad,
  service: KnownService,
  deadlineMs: number = longDeadlineMs,
): Scenario {
  const { ratePerSecond, warmupMs, durationMs } = load;
  const maxInFlight = Math.max(leastInFlight, Math.ceil((1.25 * ratePerSecond * deadlineMs) / 1e3));
  const reading = parseScenario(
    `name: calibrate
workload: { operations: { getOrder: { pattern: request-reply } } }
load: { model: open, arrivals: constant, rate: ${ratePerSecond}/s, warmup: ${warmupMs}ms, duration: ${durationMs}ms, maxInFlight: ${maxInFlight} }
targets: { ${protocol}: { protocol: ${protocol}, via: direct } }
conditions: { calm: [] }
resilience: { deadline: ${deadlineMs}ms, timeout: ${deadlineMs}ms }
`,
    { path: 'calibrate', env: {} },
  );
  if (!reading.ok) throw scenarioError(reading.problems);
  const { scenario } = reading;
  return { ...scenario, workload: { ...scenario.workload, service: { ...scenario.workload.service, ...service } } };
}

export function targetOf(scenario: Scenario, protocol: Protocol): Target {
  return scenario.targets[protocol] as Target;
}
