/** Figures of a trial as a whole, by the metric's name: null where nobody knows. */
import { cpuUsPerOperation } from './cpu-per-operation.ts';
import { gatewayAmplificationOf } from './gateway-amplification.ts';
import { balanceOf } from './instance-balance.ts';
import type { TrialResult } from './result-types.ts';

export const trialFigures = {
  bytesPerOperation: ({ wire }) => wire.bytesPerOperation,
  cpuPerOperation: cpuUsPerOperation,
  highestBacklog: ({ backlog }) => backlog?.highest?.messages ?? null,
  /** Messages that the broker delivered again, where it says so. */
  redelivered: ({ backlog }) => backlog?.redelivered ?? null,
  balance: ({ receivedBy }) => balanceOf(receivedBy),
  gatewayAmplification: gatewayAmplificationOf,
  generatorMemory: ({ memory }) => memory?.generatorBytes ?? null,
  serviceMemory: ({ memory }) => memory?.serviceBytes ?? null,
} as const satisfies Record<string, (trial: TrialResult) => number | null>;
export type TrialFigure = keyof typeof trialFigures;
export const trialFigureNames = Object.keys(trialFigures) as TrialFigure[];

export function isTrialFigure(name: string): name is TrialFigure {
  return Object.hasOwn(trialFigures, name);
}

/** What its values are written in. */
export const trialFigureUnits = {
  bytesPerOperation: 'size',
  cpuPerOperation: 'duration',
  highestBacklog: 'count',
  redelivered: 'count',
  balance: 'factor',
  gatewayAmplification: 'factor',
  generatorMemory: 'size',
  serviceMemory: 'size',
} as const satisfies Record<TrialFigure, 'size' | 'duration' | 'count' | 'factor'>;
