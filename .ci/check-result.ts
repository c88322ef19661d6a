/** What any result of the main job must show, read from the folder that `bench run` left. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../result/result-types.ts';

const directory = process.argv[2] ?? '';
const result = JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8')) as RunResult;

assert.equal(result.schemaVersion, 1);
assert.equal(result.semanticsVersion, 2);
assert.equal(result.status, 'complete');
assert.equal(result.trials.length, 10);
for (const file of ['report.html', 'histograms.hlog', 'scenario.yaml'])
  assert.ok(existsSync(join(directory, file)), file);
for (const trial of result.trials) {
  for (const [name, phase] of Object.entries(trial.phases)) {
    for (const { offered, ok, rejected, failed, timedOut, dropped } of [
      phase.counts,
      ...Object.values(phase.operations).map(({ counts }) => counts),
    ]) {
      assert.equal(
        ok + rejected + failed + timedOut + dropped,
        offered,
        `${trial.id} ${name}: the counts do not add up`,
      );
    }
  }
  assert.equal(trial.ledger.lost, 0, `${trial.id} lost operations`);
  assert.equal(trial.ledger.stateLost, 0, `${trial.id} lost state`);
  assert.ok(
    trial.faults.length > 0 && trial.faults.every(({ proof }) => proof !== null),
    `${trial.id}: no proof of the fault`,
  );
}
process.stdout.write(`${result.trials.length} trials in ${directory}\n`);
