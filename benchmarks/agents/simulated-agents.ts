/**
 * Agents that make no load, in a process of their own: each joins the run, says what an agent says as often as it does,
 * and hands over records that were drawn once. What a run pays for its agents is measured beside them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import {
  type BeginMessage,
  type OfTrial,
  type PullMessage,
  packMessage,
  progressMs,
  readMessage,
  subjectsOf,
  whatOf,
} from '../../runners/agents/agent-messages.ts';
import type { Bus, BusMessage } from '../../runners/agents/bus.ts';
import { recordedWorker } from '../../runners/agents/fixtures/recorded-worker.ts';
import { inLanes } from '../../runners/agents/in-lanes.ts';
import { joinRun } from '../../runners/agents/join-run.ts';
import { PackedRecords } from '../../runners/agents/packed-records.ts';
import { noProgress } from '../../runners/load/joint-load.ts';

/** What the process is started with, as JSON. */
export interface SimulatedAgents {
  readonly url: string;
  readonly run: string;
  readonly user: string;
  readonly password: string;
  readonly ca: string;
  readonly version: string;
  readonly agents: number;
  readonly workersEach: number;
  readonly operationsEach: number;
  readonly loadMs: number;
}

const settings = JSON.parse(process.argv[2] ?? '') as SimulatedAgents;
const { run, agents, workersEach, operationsEach, loadMs } = settings;
const subjects = subjectsOf(run);
/** At once: the rights of each are written into the server's file, and read again by it. */
const mostJoining = 8;
const joinMs = 120_000;

const workers = Array.from({ length: workersEach }, (_, producer) =>
  recordedWorker({ producer, operations: operationsEach, startUs: monotonicNowUs(), seed: 1 }),
);
const packed = new PackedRecords(workers);
const finished = packMessage({ workers: packed.workers(), cpu: null, throttled: null });
const progress = { ...noProgress, offered: workersEach * operationsEach, p50Us: 1_000, p99Us: 9_000 };

const over = Promise.withResolvers<void>();
await inLanes(Array(agents).keys(), mostJoining, live);
await over.promise;
process.exit();

async function live(n: number): Promise<void> {
  const { url, ca, version, user, password } = settings;
  const member = await joinRun({
    ...{ url, run, ca, version, name: `simulated-${n}`, waitMs: joinMs },
    login: { user, password },
    log: () => undefined,
    signal: new AbortController().signal,
  });
  if (typeof member === 'string') return;
  const { k, bus } = member;
  let trial: number | null = null;
  const say = (what: string, message: object) => bus.publish(subjects.of(k, what), { trial, ...message });
  const hear = (message: BusMessage) =>
    answer(message, bus, say, (opened) => {
      trial = opened;
    });
  for (const subject of [subjects.all('>'), subjects.to(k, '>')]) bus.subscribe(subject, hear);
  setInterval(() => say('progress', { progress: trial === null ? null : progress }), progressMs);
}

function answer(
  { subject, data, respond }: BusMessage,
  bus: Bus,
  say: (what: string, message: object) => void,
  opened: (trial: number) => void,
): void {
  const what = whatOf(subject);
  if (what === 'ping') {
    const cameUs = monotonicNowUs();
    respond(packMessage({ cameUs, answeredUs: monotonicNowUs() }));
  } else if (what === 'open') {
    opened(readMessage<OfTrial>(data).trial);
    say('opened', {});
  } else if (what === 'begin') {
    const { startUs } = readMessage<BeginMessage>(data);
    say('beginning', { leadMs: (startUs - monotonicNowUs()) / 1e3 });
    void sleep(loadMs).then(() => say('idle', { acknowledged: progress.offered, progress }));
  } else if (what === 'finish') respond(finished);
  else if (what === 'pull') respond(packed.pull(readMessage<PullMessage>(data)));
  else if (what === 'over') void bus.close().then(() => over.resolve());
}
