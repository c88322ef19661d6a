/** What a run warns of, beside its trials' verdicts. */
import type { TrialResult, Warning } from '../result/result-types.ts';
import { blockWarnings } from './block-warnings.ts';
import { operationWarnings } from './operation-warnings.ts';

export const cpuTimeUnknown: Warning = {
  code: 'cpuTimeUnknown',
  message: 'This system does not tell its CPU time: whether other work disturbed a trial cannot be told.',
  remedy: 'Run on Linux for the whole verdict.',
};

/** `trouble`: why the samples end early; undefined: the engine tells none. */
export function samplesMissing(trial: string, engine: string, trouble: string | undefined): Warning {
  const [message, remedy] =
    trouble === undefined
      ? [`${trial} has no samples: ${engine} does not tell its operations.`, 'Use the native engine.']
      : [`The samples of ${trial} are not whole: ${trouble}.`, 'Free some space, or name another file.'];
  return { code: 'samplesMissing', message, remedy };
}

export function stackRestarted(lostParts: readonly string[]): Warning {
  return {
    code: 'stackRestarted',
    message: `${lostParts.join(' and ')} ended during a trial; the stack is started anew`,
    remedy: 'Look at the trial’s verdict and at the log of the part.',
  };
}

export function beganLate({ verdict }: TrialResult): boolean {
  return verdict.reasons.some(({ code }) => code === 'agentLate');
}

export function begunAgain(trial: string): Warning {
  return {
    code: 'trialBegunAgain',
    message: `${trial} was begun again: an agent had heard of its start too late. Only the second time counts.`,
    remedy: 'Look at the network between the hosts when it comes often.',
  };
}

export function trialWarnings(trials: readonly TrialResult[]): Warning[] {
  return [...blockWarnings(trials), ...operationWarnings(trials)];
}
