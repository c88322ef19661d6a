/**
 * `node benchmarks/verdict/run.ts --set calibration|held-out [--only quiet|crowded] [--seconds N] [--out FILE]`:
 * plays trials whose truth is
 * known and appends a line for each to FILE; called again, it goes on where it stopped. `--report FILE`: only the shares.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack } from '../../targets/stack/start-stack.ts';
import { playVerdictTrial } from './play-verdict-trial.ts';
import { relayReplies } from './relayed-stack.ts';
import { type VerdictLine, verdictShares } from './verdict-line.ts';
import { verdictReport } from './verdict-report.ts';
import { type SetName, setNames, type VerdictTrial, verdictTrials } from './verdict-trials.ts';

const log = (line: string) => void process.stderr.write(`${line}\n`);

function readLines(path: string): VerdictLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as VerdictLine);
}

type Only = 'quiet' | 'crowded' | undefined;

function chosenTrials(set: SetName, only: Only): readonly VerdictTrial[] {
  return verdictTrials(set).filter(({ spinners }) => only === undefined || spinners > 0 === (only === 'crowded'));
}

async function play(set: SetName, only: Only, out: string, seconds: number): Promise<void> {
  const endsAtMs = performance.now() + seconds * 1e3;
  const workDirectory = await mkdtemp(join(os.tmpdir(), 'wirebench-verdict-'));
  const signal = AbortSignal.timeout(Math.min(2 ** 31 - 1, (seconds + 120) * 1e3));
  const stack = await startStack({
    ...{ mode: 'native', needs: { toxiproxy: true, brokers: { rabbitmq: 1, kafka: 1 } }, allowHosts: [] },
    ...{ confirm: async () => true, log, signal },
  });
  try {
    const relays = {
      queue: await relayReplies(stack, 'rabbitmq', join(workDirectory, 'queue-relay.log')),
      stream: await relayReplies(stack, 'kafka', join(workDirectory, 'stream-relay.log')),
    };
    const context = { stack, relays, workDirectory, cores: os.availableParallelism() };
    // A broker is several times slower in its first seconds.
    for (const protocol of ['queue', 'stream'] as const) {
      for (const service of ['5 ms', '5 ms'] as const) {
        await playVerdictTrial({ index: 10_000, protocol, service, spinners: 0 }, context);
      }
    }
    const done = new Set(readLines(out).map(({ index }) => index));
    for (const trial of chosenTrials(set, only)) {
      if (done.has(trial.index)) continue;
      if (performance.now() > endsAtMs) break;
      const line = await playVerdictTrial(trial, context);
      appendFileSync(out, `${JSON.stringify(line)}\n`);
      const { protocol, service, spinners, recordedUs, truthUs, resolutionUs, status, reasons } = line;
      const us = [recordedUs, truthUs, resolutionUs].map((value) => Math.round(value ?? -1)).join(' / ');
      log(`${trial.index} ${protocol} ${service} beside ${spinners}: ${us} µs, ${status} ${reasons.join(', ')}`);
    }
    await Promise.all(Object.values(relays).map((relay) => relay.close()));
  } finally {
    await stack.down();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    set: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string', default: '100000' },
    out: { type: 'string' },
    report: { type: 'string' },
  },
});
if (values.report !== undefined) {
  process.stdout.write(verdictReport(readLines(values.report)));
} else {
  const set = setNames.find((name) => name === values.set);
  if (set === undefined) throw new Error(`--set takes one of ${setNames.join(', ')}`);
  const out = values.out ?? join(import.meta.dirname, '..', 'results', `verdict-${set}.jsonl`);
  mkdirSync(dirname(out), { recursive: true });
  const only = (['quiet', 'crowded'] as const).find((name) => name === values.only);
  await play(set, only, out, Number(values.seconds));
  const left = chosenTrials(set, only).length - readLines(out).length;
  log(left > 0 ? `${left} trials are left: call it again` : `all are in ${out}`);
  process.stdout.write(verdictReport(readLines(out)));
  process.exitCode = verdictShares(readLines(out)).trials === 0 ? 1 : 0;
}
