/** The load of one trial, made by the agents of a run: a `LoadSource` like the threads of this process. */
import { join } from 'node:path';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { LatencyCountsData } from '../../result/latency-counts.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { answerLink } from '../load/answer-link.ts';
import { JointLoad, type LoadPlayer, noProgress } from '../load/joint-load.ts';
import { LoadSignals } from '../load/load-clock.ts';
import type { LinkTo, LoadSource, OpenLoad } from '../load/load-source.ts';
import { putTogether } from '../load/worker-error.ts';
import type { LoadPlan, WorkerData } from '../load/worker-messages.ts';
import type { AgentCrew, CrewMember } from './agent-crew.ts';
import { isLate } from './agent-limits.ts';
import {
  type BeginningMessage,
  type FailedMessage,
  type FinishedMessage,
  type HandedOverMessage,
  type IdleMessage,
  type LinkMessage,
  type OfTrial,
  type OpenMessage,
  type ProgressMessage,
  readMessage,
  type SecondMessage,
} from './agent-messages.ts';
import type { AgentRecord } from './agent-record.ts';
import { type AgentShare, sharesOf, workersOf } from './agent-shares.ts';
import { ClockOffset } from './clock-offset.ts';
import { fetchRecords } from './fetch-records.ts';
import { inLanes } from './in-lanes.ts';
import { filesOf } from './plan-files.ts';
import { concealPlan } from './plan-secrets.ts';
import { readRecords } from './records-codec.ts';

export interface RemoteLoadOptions {
  readonly crew: AgentCrew;
  /** Values of the environment turned back into `${NAME}`. */
  readonly redact: <Plan>(plan: Plan) => Plan;
  /** Hosts of the run's own parts, which agents dial beside what the scenario allows. */
  readonly partHosts: readonly string[];
}

/** One that is lost at each of its openings would be waited for without end. */
const mostOpenings = 3;
const pingsBefore = 48;
const pingsBetween = 4;
const pingsAfter = 16;
const pingEveryMs = 1_000;
const finishMs = 120_000;
const pullMs = 15_000;
/** At once; each has a few megabytes in memory meanwhile. */
const mostFetched = 16;

interface PlayingAgent extends LoadPlayer {
  readonly member: CrewMember;
  readonly share: AgentShare;
  readonly clock: ClockOffset;
  readonly opened: PromiseWithResolvers<void>;
  leadMs: number | null;
  lostUs: number | null;
  finished: FinishedMessage | null;
}

/** Announces to the agents what the main thread announces to its own workers through shared memory. */
class AnnouncedSignals extends LoadSignals {
  announce: () => void = () => undefined;

  override endWarmup(atMs: number): void {
    super.endWarmup(atMs);
    this.announce();
  }

  override endDuring(atMs: number): void {
    super.endDuring(atMs);
    this.announce();
  }
}

let trials = 0;

/** Opens each trial's load on the agents of a crew; waits for them first. A crew plays one load at a time, the others wait. */
export function openRemoteLoad(options: RemoteLoadOptions): OpenLoad {
  let turn = Promise.resolve();
  return async (plan, signal, linkOf) => {
    const before = turn;
    const ended = Promise.withResolvers<void>();
    turn = ended.promise;
    await before;
    try {
      const load = await RemoteLoad.open(options, plan, signal, linkOf);
      load.ended.then(ended.resolve);
      return load;
    } catch (error) {
      ended.resolve();
      throw error;
    }
  };
}

export class RemoteLoad extends JointLoad implements LoadSource {
  readonly signals = new AnnouncedSignals();
  readonly workers: number;
  readonly #over = new AbortController();
  readonly #options: RemoteLoadOptions;
  readonly #plan: LoadPlan;
  readonly #trial = ++trials;
  protected readonly players: readonly PlayingAgent[];
  readonly #linkOf: LinkTo | undefined;
  #pinging: NodeJS.Timeout | null = null;
  #isFetching = false;
  #ended = false;
  readonly #hasEnded = Promise.withResolvers<void>();

  private constructor(options: RemoteLoadOptions, plan: LoadPlan, members: readonly CrewMember[], linkOf?: LinkTo) {
    super();
    this.#options = options;
    this.workers = workersOf(plan, members.length);
    this.#plan = { ...plan, workers: this.workers };
    this.#linkOf = linkOf;
    const shares = sharesOf(this.workers, members.length);
    this.players = members.map((member, n) => ({
      member,
      share: shares[n] as AgentShare,
      clock: new ClockOffset(),
      opened: Promise.withResolvers<void>(),
      idle: Promise.withResolvers<number>(),
      progress: noProgress,
      leadMs: null,
      lostUs: null,
      finished: null,
    }));
    // Each is awaited at its own time; until then a rejection must not end the process.
    for (const { opened, idle } of this.players)
      for (const { promise } of [opened, idle]) promise.catch(() => undefined);
    this.signals.announce = () => {
      const { warmupEndMs, duringEndMs } = this.signals;
      this.#tell('signal', { warmupEndMs, duringEndMs });
    };
    options.crew.listen({
      said: (member, what, data) => this.#said(member, what, data),
      lost: (member) => this.#lost(member),
    });
  }

  /** See OpenLoad. Rejects with a BenchError: exit 3 when too few agents came or stayed, else as an agent's workers do. */
  static async open(
    options: RemoteLoadOptions,
    plan: LoadPlan,
    signal: AbortSignal,
    linkOf?: LinkTo,
  ): Promise<RemoteLoad> {
    for (let opening = 1; ; opening++) {
      const load = new RemoteLoad(options, plan, await options.crew.muster(signal), linkOf);
      try {
        await load.#open(signal);
        return load;
      } catch (error) {
        await load.terminate();
        if (signal.aborted) throw signal.reason;
        // Nothing has been sent yet: another may take the place of the one that is lost.
        if (!(error instanceof BenchError && error.code === 'agentLost') || opening === mostOpenings) throw error;
      }
    }
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { crew } = this.#options;
    const abort = () => this.players[0]?.opened.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await crew.ping(this.#clocks(), pingsBefore);
      const message = this.#openMessage();
      for (const { member, share } of this.players)
        crew.tell(member, 'open', { ...message, plan: { ...message.plan, share } });
      await Promise.all(this.players.map(({ opened }) => opened.promise));
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Aborted once an agent is lost or late: what plays on is not the load that was asked for. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** So that the word of the start is everywhere before it. */
  get leadMs(): number {
    const roundTrips = this.players.flatMap(({ clock }) => clock.roundTripsUs);
    return 100 + (3 * Math.max(0, ...roundTrips)) / 1e3;
  }

  /** Resolves when the agents are free for another. */
  get ended(): Promise<void> {
    return this.#hasEnded.promise;
  }

  get agents(): readonly AgentRecord[] {
    return this.players.map(recordOf);
  }

  begin(startUs: number): void {
    for (const { member, clock } of this.players) {
      const { offsetUs } = clock.at(startUs);
      this.#options.crew.tell(member, 'begin', { trial: this.#trial, startUs: startUs + offsetUs });
    }
    this.#pinging = setInterval(() => void this.#options.crew.ping(this.#clocks(), pingsBetween), pingEveryMs);
  }

  stop(): void {
    this.#tell('stop', {});
  }

  /** Of the agents that are left; one that cannot hand its records over is lost, too. */
  async finish(): Promise<readonly WorkerData[]> {
    if (this.#pinging !== null) clearInterval(this.#pinging);
    await this.#options.crew.ping(this.#clocks(), pingsAfter);
    this.#isFetching = true;
    const fetched: WorkerData[] = [];
    await inLanes(this.#living(), mostFetched, async (agent) => {
      fetched.push(...(await this.#fetch(agent)));
    });
    await this.terminate();
    return fetched.sort((one, other) => one.log.producer - other.log.producer);
  }

  async terminate(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#pinging !== null) clearInterval(this.#pinging);
    this.#tell('close', {});
    this.#options.crew.listen(null);
    this.#hasEnded.resolve();
  }

  async #fetch(agent: PlayingAgent): Promise<readonly WorkerData[]> {
    const { crew } = this.#options;
    const { member, clock } = agent;
    const trial = this.#trial;
    const { logFolder, trialTag } = this.#plan;
    const usualUs = clock.at(monotonicNowUs()).offsetUs;
    try {
      const finished = readMessage<FinishedMessage>(await crew.ask(member, 'finish', { trial }, finishMs));
      const workers = await fetchRecords(finished, {
        pull: (message) => crew.ask(member, 'pull', { trial, ...message }, pullMs),
        logPath: logFolder === null ? null : join(logFolder, trialTag),
        offsetAt: (theirUs) => clock.at(theirUs - usualUs).offsetUs,
      });
      agent.finished = finished;
      return workers;
    } catch (error) {
      crew.lose(member, `its records did not come: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }

  #openMessage(): OpenMessage {
    const { signals: _, logFolder: __, samples: ___, canaryPort, ...plan } = this.#plan;
    const { variables, plan: concealed } = concealPlan(
      { ...plan, allowHosts: [...plan.allowHosts, ...this.#options.partHosts], hasCanaries: canaryPort !== null },
      this.#options.redact,
      process.env,
    );
    return { trial: this.#trial, plan: concealed, variables, files: filesOf(plan, concealed) };
  }

  #living(): PlayingAgent[] {
    return this.players.filter(({ lostUs }) => lostUs === null);
  }

  #clocks(): ReadonlyMap<CrewMember, ClockOffset> {
    return new Map(this.#living().map(({ member, clock }) => [member, clock]));
  }

  #tell(what: string, message: object): void {
    for (const { member } of this.#living()) this.#options.crew.tell(member, what, { trial: this.#trial, ...message });
  }

  #said(member: CrewMember, what: string, data: Uint8Array): void {
    const agent = this.players.find((one) => one.member === member);
    const message = readMessage<Partial<OfTrial>>(data);
    if (agent === undefined || message.trial !== this.#trial) return;
    if (what === 'progress') agent.progress = (message as ProgressMessage).progress ?? agent.progress;
    else if (what === 'opened') agent.opened.resolve();
    else if (what === 'openFailed') agent.opened.reject(this.#failure(agent, message as FailedMessage));
    else if (what === 'failed') this.#failed(agent, message as FailedMessage);
    else if (what === 'beginning') this.#beginning(agent, message as BeginningMessage);
    else if (what === 'second') this.#second(message as SecondMessage);
    else if (what === 'handedOver') this.#handedOver(message as HandedOverMessage);
    else if (what === 'link') this.#link(agent, message as LinkMessage);
    else if (what === 'idle') {
      const { acknowledged, progress } = message as IdleMessage;
      agent.progress = progress;
      agent.idle.resolve(acknowledged);
    }
  }

  /** Of one that hands its records over nothing more would come. */
  #failed(agent: PlayingAgent, message: FailedMessage): void {
    agent.idle.reject(this.#failure(agent, message));
    if (this.#isFetching) this.#options.crew.lose(agent.member, `its records did not come: ${message.error.message}`);
  }

  #failure({ member }: PlayingAgent, { error }: FailedMessage): BenchError {
    return putTogether({ ...error, message: `Agent ${member.name}: ${error.message}` });
  }

  #beginning(agent: PlayingAgent, { leadMs }: BeginningMessage): void {
    agent.leadMs = leadMs;
    if (isLate(agent)) this.#end();
  }

  #second({ second, spanMs, ok }: SecondMessage): void {
    this.passOn({ type: 'second', second, spanMs, ok: readRecords<LatencyCountsData>(ok) });
  }

  #handedOver({ producer, sequences }: HandedOverMessage): void {
    this.passOn({ type: 'handedOver', producer, sequences });
  }

  #link({ member, opened, idle }: PlayingAgent, { broker }: LinkMessage): void {
    void answerLink(broker, this.#linkOf, {
      answer: (address, reason) =>
        this.#options.crew.tell(member, 'linked', { trial: this.#trial, broker, address, reason }),
      fail: (error) => {
        opened.reject(error);
        idle.reject(error);
      },
    });
  }

  #lost(member: CrewMember): void {
    const agent = this.players.find((one) => one.member === member);
    if (agent === undefined || agent.lostUs !== null) return;
    agent.lostUs = monotonicNowUs();
    agent.opened.reject(lostAtOpening(member));
    agent.idle.resolve(0);
    this.#end();
  }

  #end(): void {
    this.stop();
    this.#over.abort();
  }
}

function recordOf({ member, share, clock, leadMs, lostUs, finished }: PlayingAgent): AgentRecord {
  const { name, host, lost } = member;
  const roundTrips = clock.roundTripsUs.toSorted((a, b) => a - b);
  const { boundUs, driftPpm, jumped } = clock;
  return {
    ...{ name, host, share, leadMs },
    clock: { boundUs, driftPpm, jumped, roundTripUs: roundTrips[roundTrips.length >> 1] ?? null },
    lost: lostUs === null ? null : { why: lost ?? '', atUs: lostUs },
    cpu: finished?.cpu ?? null,
    throttled: finished?.throttled ?? null,
  };
}

function lostAtOpening({ name, lost }: CrewMember): BenchError {
  return new BenchError('agentLost', `Agent ${name} was lost before the load began: ${lost}`, {
    hint: 'Look at what it printed, and start it again.',
    exitCode: exitCodes.stack,
  });
}
