/** An operation that never succeeds is named: figures of all operations together may hide it. */
import { ownValue } from '../result/own-value.ts';
import { type PhaseName, phaseNames, type TrialResult, type Warning } from '../result/result-types.ts';

const unmeasured: readonly PhaseName[] = ['warmup', 'drain'];

/** One for each operation of a trial that was offered and never once ok, while others were. */
export function operationWarnings(trials: readonly TrialResult[]): Warning[] {
  return trials.flatMap((trial) => {
    const phases = phaseNames.flatMap((name) => (unmeasured.includes(name) ? [] : (trial.phases[name] ?? [])));
    const names = new Set(phases.flatMap(({ operations }) => Object.keys(operations)));
    const isLost = phases.every(({ counts }) => counts.ok === 0);
    return isLost ? [] : [...names].flatMap((name) => warningOf(trial, name, phases));
  });
}

function warningOf(
  trial: TrialResult,
  name: string,
  phases: readonly NonNullable<TrialResult['phases']['steady']>[],
): Warning[] {
  const parts = phases.flatMap(({ operations }) => ownValue(operations, name) ?? []);
  const offered = parts.reduce((sum, { counts }) => sum + counts.offered, 0);
  const ok = parts.reduce((sum, { counts }) => sum + counts.ok, 0);
  if (offered === 0 || ok > 0) return [];
  const reason = trial.failures?.find(({ operation }) => operation === name)?.reason;
  return [
    {
      code: 'operationNeverOk',
      message: `${trial.id}: ${name} never succeeded, ${offered} of ${offered} not ok${reason === undefined ? '' : ` (${reason})`}; thresholds of all operations together may still hold`,
      remedy: `Look at its first failure in the report; "${trial.target} ${name} errorRatio < 1%" is a threshold of its own.`,
    },
  ];
}
