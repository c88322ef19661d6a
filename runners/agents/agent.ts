/** A load agent's life: it joins a run, plays its share of one trial after the other, and leaves when the run is over. */
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { takeApart } from '../load/worker-error.ts';
import { describeHost } from './agent-facts.ts';
import {
  type BeginMessage,
  type LinkedMessage,
  leaseMs,
  type OfTrial,
  type OpenMessage,
  type PullMessage,
  packMessage,
  progressMs,
  readMessage,
  type SignalMessage,
  subjectsOf,
  whatOf,
} from './agent-messages.ts';
import { AgentTrial } from './agent-trial.ts';
import type { BusMessage } from './bus.ts';
import { type JoinOptions, joinRun, type Membership } from './join-run.ts';

export interface AgentOptions extends JoinOptions {
  /** Where load may go, beside loopback. */
  readonly allowHosts: readonly string[];
  /** Of this agent alone. */
  readonly folder: string;
}

/** Why a membership ended, in words; null: there is nothing to say. */
const endings = {
  over: 'the run is over',
  dismissed: 'the run has gone on without this agent; joining again',
  leaseOver: `the run was not heard of for ${leaseMs / 1e3} s: its load has ended; joining again`,
  busLost: 'the connection to the run was lost: its load has ended; joining again',
  interrupted: null,
} as const;

type Ending = keyof typeof endings;

/**
 * Resolves when the run is over, or the signal came. Rejects with a BenchError: exit 3 when no run was found in time, exit
 * 2 when the run refuses this agent.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { log, signal } = options;
  for (let ending: Ending = 'dismissed'; ending !== 'over' && !signal.aborted; ) {
    const member = await joinRun(options);
    if (member === 'interrupted') return;
    if (member !== 'over') log(`joined as agent ${member.k}`);
    ending = member === 'over' ? member : await serve(options, member);
    const words = endings[ending];
    if (words !== null) log(words);
  }
}

/** Resolves when this membership has ended; nothing of its load is left then. */
async function serve(options: AgentOptions, { k, bus }: Membership): Promise<Ending> {
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
  // What the run said meanwhile is lost: this agent would wait for a start that has passed.
  bus.onGap(() => ended.resolve('busLost'));
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
    if (signal.aborted) say('left', {});
    await (current as AgentTrial | null)?.close();
    await bus.flush();
    await bus.close();
  }
}
