/** Operations of the measured phases together. */
import { isMeasured, type PhaseWindow } from './phase-windows.ts';
import type { RecordedCell, Recorder } from './recorder.ts';
import { mergeCells } from './summarise-recording.ts';

/** `isCounted`: of a kind of call, by its index; left out: all are. */
export function measuredTotal(
  recorder: Recorder,
  windows: readonly PhaseWindow[],
  isCounted: (kind: number) => boolean = () => true,
): RecordedCell {
  const measured = windows.flatMap(({ name }, phase) => (isMeasured(name) ? [recorder.phase(phase)] : []));
  return mergeCells(measured.flatMap((cells) => cells.filter((_, kind) => isCounted(kind))));
}
