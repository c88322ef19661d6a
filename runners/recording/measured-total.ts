/** All operations of the measured phases together. */
import { isMeasured, type PhaseWindow } from './phase-windows.ts';
import { RecordedCell, type Recorder } from './recorder.ts';
import { mergeCells } from './summarise-recording.ts';

export function measuredTotal(recorder: Recorder, windows: readonly PhaseWindow[]): RecordedCell {
  const total = new RecordedCell();
  windows.forEach(({ name }, phase) => {
    if (isMeasured(name)) total.add(mergeCells(recorder.phase(phase)).toData());
  });
  return total;
}
