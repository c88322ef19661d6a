/** Flows on bad days as a user meets them: a leader that dies again and again, and a run that is broken off in their midst. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { flowStates } from '../result/flow-states.ts';
import type { FlowsResult } from '../result/result-types.ts';
import { allGone, BenchProcess } from './bench-process.ts';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('flow-bad-days');

const sumOfStates = (flows: FlowsResult) => flowStates.reduce((sum, state) => sum + (flows[state] ?? 0), 0);

const head = `workload:
  operations: { buy: { does: placeOrder, pattern: flow, payload: order } }
  flow: { workTime: 5ms }
  service: { concurrency: 1, waiting: 10 }
  payloads: { order: { size: 100B } }
resilience: { deadline: 10s, timeout: 2s, retry: { attempts: 50, base: 50ms, cap: 200ms } }
`;

describe('a leader that is killed again and again', () => {
  it('strands one flow a kill where it had them in memory, and none with a log on disk', async () => {
    const { result } = await rig.play(`name: dies-again
${head}load: { model: closed, users: 1, warmup: 500ms, duration: 5s }
targets:
  memory: { protocol: rest, flow: { style: orchestrated, over: rest } }
  file: { protocol: rest, flow: { style: orchestrated, over: grpc, log: file } }
conditions:
  dies: [ { fault: kill, part: orders, when: { after: paid, before: reserve, everyNth: 5 }, for: 300ms } ]
`);
    const trialOf = (target: string) => result.trials.find((trial) => trial.target === target);
    const kills = (target: string) => Number(trialOf(target)?.faults[0]?.proof?.times ?? 0);
    const [memory, file] = [trialOf('memory')?.flows, trialOf('file')?.flows];
    if (memory === undefined || file === undefined) throw new Error('no flows');
    expect(kills('memory')).toBeGreaterThanOrEqual(2);
    expect(kills('file')).toBeGreaterThanOrEqual(2);
    expect(memory).toMatchObject({ stuck: kills('memory'), open: 0, inconsistent: 0, phantom: 0 });
    expect(file).toMatchObject({ stuck: 0, open: 0, inconsistent: 0, phantom: 0 });
    for (const flows of [memory, file]) expect(sumOfStates(flows)).toBe(flows.acknowledged);
  }, 120_000);
});

describe('an interrupt in the midst of flows', () => {
  it.each(['style: orchestrated, over: grpc, log: file', 'style: choreographed, over: queue'])(
    'keeps a partial result that adds up, and leaves no process: %s',
    async (flow) => {
      const out = rig.newOut();
      const path = rig.write(
        'interrupted.yaml',
        `name: interrupted
${head}load: { model: open, rate: 20/s, warmup: 500ms, duration: 60s }
targets: { shop: { protocol: rest, flow: { ${flow} } } }
`,
      );
      const bench = new BenchProcess(['run', path, '--yes', '--out', out]);
      await bench.says(/steady/);
      await sleep(1_500);
      const children = bench.descendants();
      expect(bench.descendants(/participant-service|rest\/service|grpc\/service/).length).toBe(4);
      bench.child.kill('SIGINT');
      expect((await bench.exited).code).toBe(130);
      expect(await allGone(children)).toEqual([]);
      const { status, trials } = rig.read(out);
      expect(status).toBe('interrupted');
      const flows = trials[0]?.flows;
      if (flows === undefined) throw new Error('no flows');
      expect(sumOfStates(flows)).toBe(flows.acknowledged);
      expect(flows).toMatchObject({ inconsistent: 0, phantom: 0 });
      expect(existsSync(join(out, 'report.html'))).toBe(true);
    },
    120_000,
  );
});
