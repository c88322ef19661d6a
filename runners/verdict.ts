/** Can this measurement be trusted? About the generator, the machine and the faults; never about the system under load. */
import type { Verdict, VerdictReason } from '../result/result-types.ts';

export interface VerdictInput {
  /** Over the measured phases, µs; null: an engine that has no intended start. */
  readonly sendLagP50Us: number | null;
  readonly sendLagP99Us: number | null;
  readonly sendLagMaxUs: number | null;
  /** Share of the measured time (0–1) in which some task waited for a CPU; null: not known. */
  readonly cpuPressure: number | null;
  readonly cpuSteal: number | null;
  readonly eventLoopUtilisation: number | null;
  readonly faultProblems: readonly string[];
  /** Parts that ended or were lost although nobody asked them to: `service`, `rabbitmq`, `toxiproxy`, … */
  readonly lostParts: readonly string[];
  /** The load was cut short: by an interrupt, say. */
  readonly cutShort: boolean;
}

/** Documented in the README: change both. */
export const verdictLimits = {
  suspectSendLagP50Us: 2_000,
  suspectSendLagP99Us: 10_000,
  invalidSendLagP99Us: 50_000,
  /** A single stall of the generator this long delays every operation due in it. */
  suspectSendLagMaxUs: 200_000,
  suspectCpuPressure: 0.1,
  suspectCpuSteal: 0.01,
  suspectEventLoopUtilisation: 0.9,
} as const;

type Rule = (input: VerdictInput) => VerdictReason | null;

const ms = (us: number) => `${(us / 1e3).toFixed(1)} ms`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const slower = 'Lower the rate, add load.threads, or give the generator a machine of its own.';

function reason(status: VerdictReason['status'], code: string, message: string, remedy: string): VerdictReason {
  return { status, code, message, remedy };
}

const rules: readonly Rule[] = [
  ({ sendLagP99Us: p99 }) =>
    p99 !== null && p99 > verdictLimits.invalidSendLagP99Us
      ? reason('invalid', 'generatorLate', `The generator started operations late: send lag p99 ${ms(p99)}.`, slower)
      : null,
  ({ sendLagP50Us: p50, sendLagP99Us: p99, sendLagMaxUs: max }) => {
    if (p50 === null || p99 === null || p99 > verdictLimits.invalidSendLagP99Us) return null;
    if (p50 > verdictLimits.suspectSendLagP50Us || p99 > verdictLimits.suspectSendLagP99Us) {
      return reason('suspect', 'sendLag', `Send lag p50 ${ms(p50)}, p99 ${ms(p99)}.`, slower);
    }
    return max !== null && max > verdictLimits.suspectSendLagMaxUs
      ? reason(
          'suspect',
          'generatorStall',
          `The generator stood still for ${ms(max)}.`,
          'Run it again on a quieter machine.',
        )
      : null;
  },
  ({ cpuPressure }) =>
    cpuPressure !== null && cpuPressure > verdictLimits.suspectCpuPressure
      ? reason('suspect', 'cpuPressure', `Tasks waited for a CPU ${percent(cpuPressure)} of the time.`, slower)
      : null,
  ({ cpuSteal }) =>
    cpuSteal !== null && cpuSteal > verdictLimits.suspectCpuSteal
      ? reason(
          'suspect',
          'cpuSteal',
          `The host took ${percent(cpuSteal)} of the CPU away.`,
          'Run it again when the host is quieter.',
        )
      : null,
  ({ eventLoopUtilisation: busy }) =>
    busy !== null && busy > verdictLimits.suspectEventLoopUtilisation
      ? reason('suspect', 'generatorBusy', `A load worker was busy ${percent(busy)} of the time.`, slower)
      : null,
  ({ faultProblems }) =>
    faultProblems.length > 0
      ? reason(
          'invalid',
          'faultDidNotAct',
          `${faultProblems.join('; ')}.`,
          'Look at the stack’s logs and run the trial again.',
        )
      : null,
  ({ lostParts }) =>
    lostParts.includes('toxiproxy')
      ? reason(
          'invalid',
          'proxyLost',
          'Toxiproxy ended during the trial: nothing passed the links any more.',
          'Run the trial again.',
        )
      : null,
  ({ lostParts }) => {
    const parts = lostParts.filter((part) => part !== 'toxiproxy');
    const message = `${parts.join(' and ')} ended during the trial although no fault asked for it.`;
    return parts.length > 0
      ? reason('suspect', 'partLost', message, 'Look at its log, then run the trial again.')
      : null;
  },
  ({ cutShort }) => (cutShort ? reason('invalid', 'cutShort', 'The load was cut short.', 'Let the run finish.') : null),
];

export function judge(input: VerdictInput): Verdict {
  const reasons = rules.map((rule) => rule(input)).filter((found) => found !== null);
  const status = reasons.some((found) => found.status === 'invalid')
    ? 'invalid'
    : reasons.length > 0
      ? 'suspect'
      : 'valid';
  return { status, reasons };
}
