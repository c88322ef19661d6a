/** Who plays which operation follows from the worker's number among all workers, not from where it runs. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { parseScenario } from '../../scenarios/schema/parse-scenario.ts';
import { restEntry } from '../../targets/rest/preset.ts';
import { Recorder } from '../recording/recorder.ts';
import { loadPlanFor, prepareTrial } from '../trial/prepare-trial.ts';
import { LoadSignals } from './load-clock.ts';
import { LoadGenerator } from './load-generator.ts';
import type { LoadPlan } from './worker-messages.ts';

const text = `name: share
workload:
  operations:
    placeOrder: { weight: 5, payload: order }
    getOrder: { weight: 3 }
    cancelOrder: { weight: 2 }
  payloads: { order: { size: 200B } }
load: { model: open, arrivals: poisson, rate: 500/s, warmup: 200ms, duration: 1500ms, threads: 4 }
targets: { rest: { protocol: rest, via: direct, connections: 8 } }
`;

let server: Server;
let asked: string[] = [];
beforeAll(async () => {
  server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    if (request.method !== 'HEAD')
      asked.push(`${request.method} ${request.url} ${request.headers['x-request-id']} ${body}`);
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-length': 0 }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function planOf(): LoadPlan {
  const reading = parseScenario(text, { path: 'share.yaml' });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const { rest: target } = reading.scenario.targets;
  if (target === undefined) throw new Error('no target');
  const prepared = { ...prepareTrial(reading.scenario, target, restEntry), trialTag: 'abcd1234' };
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return loadPlanFor(reading.scenario, prepared, [], { address, proxied: false });
}

/** What the server was asked, and what was recorded as offered by phase and operation. */
async function played(shares: readonly LoadPlan['share'][]) {
  asked = [];
  const plan = planOf();
  const never = new AbortController().signal;
  const sources = await Promise.all(
    shares.map((share) => LoadGenerator.open({ ...plan, share, signals: new LoadSignals().memory }, never)),
  );
  try {
    const startUs = monotonicNowUs() + 300e3;
    for (const source of sources) source.begin(startUs);
    await Promise.all(sources.map((source) => source.whenIdle()));
    const workers = (await Promise.all(sources.map((source) => source.finish()))).flat();
    const recorder = new Recorder(plan.windows.length, plan.operations.length);
    for (const { recording } of workers) recorder.add(recording);
    const offered = plan.windows.map((_, phase) => recorder.phase(phase).map(({ counts }) => counts.offered));
    return { asked: asked.toSorted(), offered, producers: workers.map(({ log }) => log.producer) };
  } finally {
    await Promise.all(sources.map((source) => source.terminate()));
  }
}

it('two generators of half a share play the same operations as one', async () => {
  const whole = await played([{ first: 0, count: 4 }]);
  const halves = await played([
    { first: 0, count: 2 },
    { first: 2, count: 2 },
  ]);
  expect(whole.asked.length).toBeGreaterThan(600);
  expect(halves).toEqual(whole);
  expect(halves.producers).toEqual([0, 1, 2, 3]);
}, 30_000);
