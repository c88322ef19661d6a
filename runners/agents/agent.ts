/** A load agent's life: it joins a run, plays its share of one trial after the other, and leaves when the run is over. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createUser } from '@nats-io/nkeys';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { takeApart } from '../load/worker-error.ts';
import { describeHost } from './agent-facts.ts';
import {
  type BeginMessage,
  type JoinReply,
  type JoinRequest,
  type LinkedMessage,
  leaseMs,
  type OfTrial,
  type OpenMessage,
  type PullMessage,
  packMessage,
  progressMs,
  protocolVersion,
  readMessage,
  type SignalMessage,
  subjectsOf,
  whatOf,
} from './agent-messages.ts';
import { AgentTrial } from './agent-trial.ts';
import { Bus, type BusLogin, type BusMessage } from './bus.ts';

export interface AgentOptions {
  readonly url: string;
  /** Which run: the last part of what the run prints to be joined by. */
  readonly run: string;
  readonly login: BusLogin;
  readonly ca: string | null;
  readonly name: string;
  readonly version: string;
  /** Where load may go, beside loopback. */
  readonly allowHosts: readonly string[];
  /** Of this agent alone. */
  readonly folder: string;
  /** How long a run is waited for, at first and after it was lost. */
  readonly waitMs: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

type Ending = 'over' | 'dismissed' | 'leaseOver' | 'interrupted';

const joinMs = 2_000;
const retryMs = 300;
/** A key that was just admitted may not be known to the server yet. */
const admittedMs = 5_000;

/**
 * Resolves when the run is over, or the signal came. Rejects with a BenchError: exit 3 when no run was found in time, exit
 * 2 when the run refuses this agent.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { log, signal } = options;
  for (;;) {
    const member = await join(options);
    if (member === null) return;
    log(`joined as agent ${member.k}`);
    const ending = await serve(options, member);
    if (ending === 'over') log('the run is over');
    else if (ending === 'dismissed') log('the run has gone on without this agent; joining again');
    else if (ending === 'leaseOver')
      log(`the run was not heard of for ${leaseMs / 1e3} s: its load has ended; joining again`);
    if (ending === 'over' || signal.aborted) return;
  }
}

interface Member {
  readonly k: number;
  readonly bus: Bus;
}

/** null: interrupted. */
async function join(options: AgentOptions): Promise<Member | null> {
  const { run, name, version, signal, waitMs, login } = options;
  const keys = createUser();
  const request: JoinRequest = {
    protocol: protocolVersion,
    version,
    name,
    instance: randomUUID(),
    publicKey: keys.getPublicKey(),
    host: describeHost(),
  };
  const until = performance.now() + waitMs;
  for (;;) {
    if (signal.aborted) return null;
    let bus: Bus | null = null;
    try {
      bus = await Bus.connect(busOptions(options, login));
      const reply = readMessage<JoinReply>(await bus.request(subjectsOf(run).join, request, joinMs));
      if (reply.refused !== undefined) throw refused(reply.refused);
      if (login !== null && 'creds' in login) return { k: reply.k, bus };
      await bus.close();
      return { k: reply.k, bus: await connectAdmitted(options, { seed: keys.getSeed() }) };
    } catch (error) {
      await bus?.close();
      if (error instanceof BenchError && error.code === 'agentRefused') throw error;
      if (performance.now() > until) throw notFound(options, error);
    }
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function connectAdmitted(options: AgentOptions, login: BusLogin): Promise<Bus> {
  const until = performance.now() + admittedMs;
  for (;;) {
    try {
      return await Bus.connect(busOptions(options, login));
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await sleep(retryMs);
  }
}

function busOptions({ url, name, ca }: AgentOptions, login: BusLogin) {
  return { url, name, ca, login, inbox: `_INBOX.${randomUUID().replaceAll('-', '')}` };
}

/** Resolves when this membership has ended; nothing of its load is left then. */
async function serve(options: AgentOptions, { k, bus }: Member): Promise<Ending> {
  const { run, signal, folder, allowHosts } = options;
  const subjects = subjectsOf(run);
  const { cores } = describeHost();
  const ended = Promise.withResolvers<Ending>();
  let heardMs = performance.now();
  let current: AgentTrial | null = null;
  const say = (what: string, message: object) => bus.publish(subjects.of(k, what), message);
  const ofTrial = ({ trial }: OfTrial) => (current?.trial === trial ? current : null);

  const open = async (message: OpenMessage) => {
    const earlier = current;
    current = new AgentTrial(message.trial, { folder, allowHosts, cores, say });
    await earlier?.close();
    await current.open(message);
  };
  const answers: Readonly<Record<string, (message: BusMessage) => void | Promise<void>>> = {
    ping: ({ respond }) => {
      const cameUs = monotonicNowUs();
      respond(packMessage({ cameUs, answeredUs: monotonicNowUs() }));
    },
    open: ({ data }) => open(readMessage<OpenMessage>(data)),
    begin: ({ data }) => {
      const message = readMessage<BeginMessage>(data);
      ofTrial(message)?.begin(message);
    },
    signal: ({ data }) => {
      const message = readMessage<SignalMessage>(data);
      ofTrial(message)?.signal(message);
    },
    linked: ({ data }) => {
      const message = readMessage<LinkedMessage>(data);
      ofTrial(message)?.linked(message);
    },
    stop: ({ data }) => ofTrial(readMessage<OfTrial>(data))?.stop(),
    finish: async ({ data, respond }) => {
      const finished = await ofTrial(readMessage<OfTrial>(data))?.finish();
      if (finished !== undefined) respond(packMessage(finished));
    },
    pull: ({ data, respond }) => {
      const message = readMessage<PullMessage>(data);
      const bytes = ofTrial(message)?.pull(message);
      if (bytes !== undefined) respond(bytes);
    },
    close: async ({ data }) => {
      const trial = ofTrial(readMessage<OfTrial>(data));
      if (trial === null) return;
      current = null;
      await trial.close();
    },
    dismissed: () => ended.resolve('dismissed'),
    over: () => ended.resolve('over'),
  };
  const hear = (message: BusMessage) => {
    heardMs = performance.now();
    const failed = (error: unknown) => {
      options.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const trial = current?.trial ?? 0;
      for (const what of ['openFailed', 'failed']) say(what, { trial, error: takeApart(error) });
    };
    const answer = async () => answers[whatOf(message.subject)]?.(message);
    answer().catch(failed);
  };
  for (const subject of [subjects.all('>'), subjects.to(k, '>')]) bus.subscribe(subject, hear);
  const onAbort = () => ended.resolve('interrupted');
  signal.addEventListener('abort', onAbort, { once: true });
  const life = setInterval(() => {
    if (performance.now() - heardMs > leaseMs) ended.resolve('leaseOver');
    else say('progress', { trial: current?.trial ?? null, progress: current?.progress ?? null });
  }, progressMs);
  say('progress', { trial: null, progress: null });
  try {
    return await ended.promise;
  } finally {
    clearInterval(life);
    signal.removeEventListener('abort', onAbort);
    await (current as AgentTrial | null)?.close();
    if (signal.aborted) say('left', {});
    await bus.flush();
    await bus.close();
  }
}

function refused(why: string): BenchError {
  return new BenchError('agentRefused', `The run does not take this agent: ${why}`, { exitCode: exitCodes.usage });
}

function notFound({ url, run, waitMs }: AgentOptions, cause: unknown): BenchError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BenchError('noRun', `No run ${run} answered at ${url} within ${Math.round(waitMs / 1e3)} s: ${why}`, {
    hint: 'Start it with `bench run … --agents N`, and take the line that it prints. Its token is of that run alone.',
    exitCode: exitCodes.stack,
    cause,
  });
}
