/** Checks of the load against itself: rates, stages, recorded arrivals. */
import { ArrivalFileError } from '../arrival-file.ts';
import type { CheckContext } from './check-context.ts';
import { checkFile } from './check-file.ts';
import { profileOf, recordingOf } from './load-schema.ts';
import type { ScenarioFile } from './scenario-schema.ts';

type OpenFile = Extract<ScenarioFile['load'], { model: 'open' }>;

const largestRecordingBytes = 64 * 1024 ** 2;

export function checkLoad(context: CheckContext): void {
  const { load } = context.file;
  if (load?.model === 'open') {
    if (typeof load.arrivals === 'string') checkRate(context, load);
    else checkRecording(context, load);
  }
}

function checkRecording({ directory, has, report }: CheckContext, load: OpenFile): void {
  for (const key of ['rate', 'stages', 'duration'] as const) {
    if (has(['load', key])) {
      report({ path: ['load', key], message: 'recorded arrivals say it themselves; leave it out, or the recording' });
    }
  }
  const recording = recordingOf(load, directory);
  if (recording === null) return;
  const path = ['load', 'arrivals', 'file'];
  if (!checkFile(directory, recording.file, path, report, { mostBytes: largestRecordingBytes })) return;
  try {
    profileOf(recording);
  } catch (error) {
    if (!(error instanceof ArrivalFileError)) throw error;
    report({ path, message: `"${recording.file}": ${error.message}` });
  }
}

function checkRate({ has, report }: CheckContext, { rate, stages }: OpenFile): void {
  if (stages === undefined) {
    if (rate === undefined && ![['rate'], ['stages'], ['arrivals', 'file']].some((path) => has(['load', ...path]))) {
      report({
        path: ['load'],
        message: 'an open model needs a rate, or stages',
        suggestion: 'e.g. rate: 500/s',
        atKey: true,
      });
    }
    return;
  }
  for (const key of ['rate', 'duration'] as const) {
    const message = key === 'rate' ? 'stages say the rate themselves' : 'the stages say how long they take';
    if (has(['load', key])) report({ path: ['load', key], message: `${message}; leave it out, or the stages` });
  }
  stages.forEach((stage, index) => {
    const path = ['load', 'stages', index];
    const isStep = stage.rate !== undefined;
    const isRamp = stage.from !== undefined || stage.to !== undefined;
    if (isStep && isRamp) report({ path, message: 'is a step (rate) or a ramp (from, to), not both' });
    else if (!isStep && stage.to === undefined) report({ path, message: 'needs a rate, or the rate it leads to (to)' });
    else if (index === 0 && !isStep && stage.from === undefined) {
      report({ path, message: 'the first ramp has nothing before it: say from which rate (from)' });
    }
  });
  if (stages.every(({ rate: step = 0, from = 0, to = 0 }) => Math.max(step, from, to) === 0)) {
    report({ path: ['load', 'stages'], message: 'never rise above nothing' });
  }
}
