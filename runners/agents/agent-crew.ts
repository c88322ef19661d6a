/** The agents of a run, from their joining on: who they are, whether they live, and the way to each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { cleanLine } from '../../result/printable.ts';
import {
  type AgentHost,
  heartbeatMs,
  type JoinReply,
  type JoinRequest,
  lostAfterMs,
  packMessage,
  protocolVersion,
  readMessage,
  speakerOf,
  subjectsOf,
  whatOf,
} from './agent-messages.ts';
import type { Bus, BusMessage } from './bus.ts';
import type { ClockOffset } from './clock-offset.ts';
import { inLanes } from './in-lanes.ts';

export interface CrewOptions {
  readonly bus: Bus;
  readonly run: string;
  /** How many agents play. */
  readonly wanted: number;
  /** How long they are waited for, before each trial. */
  readonly waitMs: number;
  /** Agents of another are refused. */
  readonly version: string;
  /** Lets the holder of a key speak as agent `k`. */
  readonly admit: (publicKey: string, k: number) => Promise<void>;
  /** Starts agents that are not there, before they are waited for; left out: somebody else does. */
  readonly place?: () => Promise<void>;
  /** Why agents are missing, as far as whoever places them knows. */
  readonly whyMissing?: () => readonly string[];
  readonly note: (text: string) => void;
}

export interface CrewMember {
  readonly k: number;
  readonly name: string;
  readonly instance: string;
  readonly host: AgentHost;
  readonly joined: Promise<void>;
  heardMs: number;
  /** It has spoken as a member: before, it does not listen yet either. */
  isHere: boolean;
  /** Why it is lost; null: it lives. */
  lost: string | null;
  /** Questions that it has not answered yet. */
  readonly asked: Set<PromiseWithResolvers<Uint8Array>>;
}

export interface CrewListener {
  /** What a member said beside its signs of life. */
  said(member: CrewMember, what: string, data: Uint8Array): void;
  lost(member: CrewMember): void;
}

const watchMs = 250;
/** From its joining to its first word: it connects anew meanwhile. */
const arrivesWithinMs = 10_000;
/** Between two looks: this process itself stood still, so that nobody could be heard. */
const stoodStillMs = 1_000;
const pingMs = 1_000;
/** More at once would wait for each other, and widen what is known of their clocks. */
const mostPinged = 16;
/** Characters that a table has room for. */
const mostOfName = 63;

export class AgentCrew {
  readonly #options: CrewOptions;
  readonly #subjects: ReturnType<typeof subjectsOf>;
  /** By `k`; also who is lost. */
  readonly #members: CrewMember[] = [];
  readonly #timers: NodeJS.Timeout[];
  readonly #changed = new Set<() => void>();
  #listener: CrewListener | null = null;
  #seenMs = performance.now();
  #questions = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#subjects = subjectsOf(options.run);
    const { bus } = options;
    bus.subscribe(this.#subjects.join, (message) => {
      this.#join(message).catch((error) => options.note(`an agent could not be taken: ${(error as Error).message}`));
    });
    bus.subscribe(this.#subjects.ofAny, (message) => this.#hear(message));
    bus.onGap(() => {
      for (const member of this.#living()) this.lose(member, 'the run itself lost its connection to the bus');
    });
    this.#timers = [
      setInterval(() => bus.publish(this.#subjects.all('alive'), null), heartbeatMs),
      setInterval(() => this.#watch(), watchMs),
    ];
  }

  /** Of a trial; null: none is played. */
  listen(listener: CrewListener | null): void {
    this.#listener = listener;
  }

  /**
   * Resolves with as many agents as are wanted, in the order of their joining. Rejects with a BenchError (exit 3) that tells
   * who came when they are not there in time, or with the signal's reason.
   */
  async muster(signal: AbortSignal): Promise<readonly CrewMember[]> {
    const { wanted, waitMs, note, place } = this.#options;
    await place?.();
    const until = performance.now() + waitMs;
    for (let told = -1; ; ) {
      signal.throwIfAborted();
      const living = this.#living().filter(({ isHere }) => isHere);
      if (living.length >= wanted) return living.slice(0, wanted);
      if (living.length !== told) note(`waiting for ${wanted - living.length} of ${wanted} agents${named(living)}`);
      told = living.length;
      if (performance.now() > until) throw missing(this.#options, living);
      await this.#change(signal);
    }
  }

  tell(member: CrewMember, what: string, message: object): void {
    this.#options.bus.publish(this.#subjects.to(member.k, what), message);
  }

  /** Rejects when no answer came in time, or it is lost. */
  ask({ k, asked }: CrewMember, what: string, message: object, timeoutMs: number): Promise<Uint8Array> {
    const question = Promise.withResolvers<Uint8Array>();
    asked.add(question);
    this.#options.bus
      .request(this.#subjects.to(k, what), message, timeoutMs, this.#subjects.answer(k, this.#questions++))
      .then(question.resolve, question.reject)
      .finally(() => asked.delete(question));
    return question.promise;
  }

  /** So many questions to each; one that does not answer is left to the watch. */
  async ping(clocks: ReadonlyMap<CrewMember, ClockOffset>, rounds: number): Promise<void> {
    await inLanes(clocks, mostPinged, ([member, clock]) => this.#ping(member, clock, rounds));
  }

  async #ping(member: CrewMember, clock: ClockOffset, rounds: number): Promise<void> {
    for (let round = 0; round < rounds && member.lost === null; round++) {
      try {
        const sentUs = monotonicNowUs();
        const answer = await this.ask(member, 'ping', {}, pingMs);
        const backUs = monotonicNowUs();
        clock.add({ sentUs, backUs, ...readMessage<{ cameUs: number; answeredUs: number }>(answer) });
        member.heardMs = performance.now();
      } catch {
        return;
      }
    }
  }

  /** It plays no more of the trial; when it lives it may join anew. */
  lose(member: CrewMember, why: string): void {
    if (member.lost !== null) return;
    member.lost = why;
    this.#options.note(`agent ${member.name} on ${member.host.hostname} is lost: ${why}`);
    this.tell(member, 'dismissed', {});
    for (const { reject } of member.asked) reject(new Error(why));
    this.#listener?.lost(member);
  }

  /** As whoever places agents tells it; nothing, when none of this name lives. */
  loseNamed(name: string, why: string): void {
    const member = this.#living().find((one) => one.name === name);
    if (member !== undefined) this.lose(member, why);
  }

  /** Agents leave; the bus is the caller's to close. */
  async end(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#options.bus.publish(this.#subjects.all('over'), null);
    await this.#options.bus.flush();
  }

  #living(): CrewMember[] {
    return this.#members.filter(({ lost }) => lost === null);
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#changed.delete(done);
        resolve();
      };
      this.#changed.add(done);
      void sleep(watchMs, undefined, { signal }).then(done, done);
    });
  }

  async #join({ data, respond }: BusMessage): Promise<void> {
    const reply = (message: JoinReply) => respond(packMessage(message));
    const request = readMessage<JoinRequest>(data);
    const { name, instance, host, publicKey } = request;
    const why = this.#refusal(request);
    if (why !== null) return reply({ refused: why });
    const known = this.#living().find((member) => member.instance === instance);
    if (known !== undefined) {
      await known.joined;
      return reply({ k: known.k }); // its first answer was lost on the way: no second agent
    }
    if (this.#living().length >= this.#options.wanted) return reply({ isFull: true });
    const k = this.#members.length;
    const joined = this.#options.admit(publicKey, k);
    const member: CrewMember = {
      ...{ k, name: this.#ownName(name, host), instance, host, joined },
      ...{ heardMs: performance.now(), isHere: false, lost: null, asked: new Set() },
    };
    this.#members.push(member);
    await joined.catch((error) => {
      this.lose(member, 'it could not be let in');
      throw error;
    });
    reply({ k });
    member.heardMs = performance.now();
  }

  #refusal({ protocol, version, host }: JoinRequest): string | null {
    if (version !== this.#options.version)
      return `it is of Wirebench ${version}, and the run of ${this.#options.version}`;
    if (protocol !== protocolVersion)
      return `it is of another Wirebench ${version}: it speaks protocol ${protocol}, and the run ${protocolVersion}`;
    // What threads hand over is written by Node itself.
    if (major(host.node) !== major(process.versions.node))
      return `it runs on Node ${host.node}, and the run on ${process.versions.node}`;
    return null;
  }

  /** A verdict names agents, in one line, so that no two of those that live have one name. */
  #ownName(said: string, { hostname }: AgentHost): string {
    const name = cleanLine(said).trim().slice(0, mostOfName) || hostname;
    const taken = new Set(this.#living().map((member) => member.name));
    if (!taken.has(name)) return name;
    for (let n = 2; ; n++) if (!taken.has(`${name}-${n}`)) return `${name}-${n}`;
  }

  #hear({ subject, data }: BusMessage): void {
    const member = this.#members[speakerOf(subject)];
    if (member === undefined) return;
    const what = whatOf(subject);
    if (member.lost !== null) {
      // Lost before it listened, it never heard that, and would wait for trials without end.
      if (what !== 'left') this.tell(member, 'dismissed', {});
      return;
    }
    member.heardMs = performance.now();
    if (!member.isHere) this.#arrived(member);
    if (what === 'left') this.lose(member, 'it was ended');
    else this.#said(member, what, data);
  }

  #said(member: CrewMember, what: string, data: Uint8Array): void {
    try {
      this.#listener?.said(member, what, data);
    } catch (error) {
      this.lose(member, `nobody understands what it says (${what}): ${(error as Error).message}`);
    }
  }

  #arrived(member: CrewMember): void {
    member.isHere = true;
    this.#options.note(`agent ${member.name} has joined from ${member.host.hostname}, ${member.host.cores} cores`);
    for (const done of [...this.#changed]) done();
  }

  #watch(): void {
    const nowMs = performance.now();
    const gapMs = nowMs - this.#seenMs;
    this.#seenMs = nowMs;
    const living = this.#living();
    if (gapMs > stoodStillMs) for (const member of living) member.heardMs += gapMs;
    const silent = living.filter(({ heardMs, isHere }) => nowMs - heardMs > (isHere ? lostAfterMs : arrivesWithinMs));
    const isBus = silent.length > 1 && silent.length === living.length;
    for (const member of silent) {
      const ms = Math.round(nowMs - member.heardMs);
      this.lose(member, `no sign of life for ${(ms / 1e3).toFixed(1)} s${isBus ? ', of it or of any other' : ''}`);
    }
  }
}

function major(version: string): string | undefined {
  return version.split('.')[0];
}

function named(members: readonly CrewMember[]): string {
  return members.length === 0 ? '' : `; here: ${members.map(({ name }) => name).join(', ')}`;
}

function missing({ wanted, waitMs, whyMissing }: CrewOptions, living: readonly CrewMember[]): BenchError {
  const came = living.length === 0 ? 'none came' : `${living.map(({ name }) => name).join(', ')} came`;
  const why = (whyMissing?.() ?? []).map((one) => `\n  ${one}`).join('');
  return new BenchError(
    'agentsMissing',
    `Of ${wanted} agents only ${living.length} were there within ${waitMs / 1e3} s: ${came}${why}`,
    {
      hint: 'Start the others with the line that the run has printed, or give --agents-wait more time.',
      exitCode: exitCodes.stack,
    },
  );
}
