/** How long `bench run` takes to open a thousand connections, before it sends its first request. */
import { BenchError } from '../result/bench-error.ts';
import type { Benchmark } from './benchmark.ts';
import { establishedTo } from './established-connections.ts';
import { doubtsOf, type GoalLine, meets, outcomeOf } from './goal-line.ts';
import { runOurs } from './ours.ts';
import { ensurePeers } from './peers/peer-programs.ts';
import { programVersions } from './program-versions.ts';
import { startGoServer } from './servers/go-server.ts';
import { startNginx } from './servers/nginx.ts';
import type { RunningServer } from './servers/running-server.ts';
import { inWords, spreadOf } from './spread.ts';

const connections = 1_000;
const loadSeconds = 1;
const goalSeconds = 3;

/** One protocol under test: its scenario has one target of this name. */
interface Subject {
  readonly name: string;
  readonly scenario: string;
  readonly target: string;
}

const subjects = {
  rest: { name: 'REST', scenario: 'rest', target: 'nginx' },
  websocket: { name: 'WebSocket', scenario: 'websocket', target: 'echo' },
} as const satisfies Record<string, Subject>;

interface OpeningRound {
  /** From the last look that saw none to the first that saw all: 20 looks a second, so never too short. */
  readonly establishedSeconds: number;
  /** What the whole run takes longer than one with a single connection: upgrades and closing are in it. */
  readonly addedSeconds: number;
  readonly failed: number;
  /** Why the trials of the two runs were not valid. */
  readonly reasons: readonly string[];
}

export const connectionsBenchmark: Benchmark = {
  describe: `time in which \`bench run\` opens ${connections} connections, on REST and on WebSocket`,
  expectedSeconds: ({ rounds }) => 5 + rounds * 16,
  async run({ rounds, log, signal }) {
    const programs = await ensurePeers(['nginx', 'echoServer'], log, signal);
    const played: Record<string, OpeningRound[]> = { [subjects.rest.name]: [], [subjects.websocket.name]: [] };
    const servers: RunningServer[] = [];
    try {
      const nginx = await startNginx(programs.nginx, signal);
      servers.push(nginx);
      const echo = await startGoServer(
        { name: 'echo server', program: programs.echoServer, args: (port) => [`127.0.0.1:${port}`] },
        signal,
      );
      servers.push(echo);
      for (let round = 0; round < rounds; round++) {
        for (const [subject, { address }] of [
          [subjects.rest, nginx],
          [subjects.websocket, echo],
        ] as const) {
          const reading = await playOpening(subject, address, signal);
          played[subject.name]?.push(reading);
          log(`round ${round + 1} of ${rounds}, ${subject.name}: ${JSON.stringify(reading)}`);
        }
      }
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
    const goals = Object.entries(played).flatMap(([name, readings]) => openingLines(name, readings));
    const versions = programVersions({ nginx: [programs.nginx, '-v'] }, ['echoServer']);
    const text = goals.map(
      (line) => `${line.task}: ${line.figure} ${inWords(line.ours, 2)}, goal ≤ ${goalSeconds}: ${outcomeOf(line)}`,
    );
    return { text: text.join('\n'), goals, data: { connections, played, versions } };
  },
};

async function playOpening(subject: Subject, address: string, signal: AbortSignal): Promise<OpeningRound> {
  const port = Number(address.split(':')[1]);
  const { scenario, target } = subject;
  const env = { WIREBENCH_BENCHMARK_ADDRESS: address };
  const args = (count: number) => ['--rate', '1000/s', '--set', `targets.${target}.connections=${count}`];
  const one = await runOurs({ scenario, env, args: args(1) }, loadSeconds, signal);
  let noneMs = 0;
  let allMs: number | null = null;
  const watch = (_: readonly number[], atMs: number) => {
    if (allMs !== null) return;
    const open = establishedTo(port);
    if (open === 0) noneMs = atMs;
    if (open >= connections) allMs = atMs;
  };
  const all = await runOurs({ scenario, env, args: args(connections), watch }, loadSeconds, signal);
  if (allMs === null) {
    throw new BenchError('benchmarkReading', `${subject.name} never had ${connections} connections open`);
  }
  return {
    establishedSeconds: (allMs - noneMs) / 1e3,
    addedSeconds: (all.measured.wallMs - one.measured.wallMs) / 1e3,
    failed: all.failed,
    reasons: [one, all].flatMap(({ verdict }) => verdict?.reasons ?? []),
  };
}

function openingLines(name: string, readings: readonly OpeningRound[]): GoalLine[] {
  const lineOf = (figure: string, values: readonly number[]): GoalLine => {
    const ours = spreadOf(values);
    return {
      task: `${connections.toLocaleString('en')} ${name} connections`,
      figure,
      ours,
      beside: null,
      measured: ours,
      sign: '≤',
      goal: goalSeconds,
      isMet: meets(ours, '≤', goalSeconds),
      doubts: doubtsOf(readings.map(({ reasons }) => reasons)),
    };
  };
  return [
    lineOf(
      'from none to all established, s',
      readings.map((reading) => reading.establishedSeconds),
    ),
    lineOf(
      'a run takes longer than with one, s',
      readings.map((reading) => reading.addedSeconds),
    ),
  ];
}
