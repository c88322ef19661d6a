/** How an agent becomes a member of a run: it asks with the token, and is known by a key of its own from then on. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createUser } from '@nats-io/nkeys';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { describeHost } from './agent-facts.ts';
import { type JoinReply, type JoinRequest, protocolVersion, readMessage, subjectsOf } from './agent-messages.ts';
import { Bus, type BusLogin } from './bus.ts';

export interface JoinOptions {
  readonly url: string;
  /** Which run: the last part of what the run prints to be joined by. */
  readonly run: string;
  readonly login: BusLogin;
  /** PEM of who signed the certificate of the bus; null: whom the system trusts. */
  readonly ca: string | null;
  readonly name: string;
  readonly version: string;
  /** How long a run is waited for, at first and after it was lost. */
  readonly waitMs: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Membership {
  readonly k: number;
  readonly bus: Bus;
}

/**
 * How long a refused login is tried again: NATS refuses whoever is in the middle of logging in while it reads its settings, which it
 * does for each agent that joins.
 */
const refusedMs = 5_000;
const joinMs = 2_000;
const retryMs = 300;
/** A key that was just admitted may not be known to the server yet. */
const admittedMs = 5_000;

/** Waits for the run, and for a place in it. Rejects as `runAgent`. */
export async function joinRun(options: JoinOptions): Promise<Membership | 'over' | 'interrupted'> {
  const { waitMs, signal } = options;
  const until = performance.now() + waitMs;
  const ask = askerFor(options);
  let refusedSince: number | null = null;
  while (!signal.aborted) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) break;
      const code = error instanceof BenchError ? error.code : null;
      if (code === 'agentRefused') throw error; // asking again would not change it
      refusedSince = code === 'busRefused' ? (refusedSince ?? performance.now()) : null;
      if (refusedSince !== null && performance.now() - refusedSince > refusedMs) throw error;
      if (performance.now() > until) throw notFound(options, error);
    }
    // Agents that were started together come back one after the other.
    await sleep(retryMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
  return 'interrupted';
}

/** Asks as one and the same agent, however often. Rejects when no run answers, or not any more. */
function askerFor(options: JoinOptions): () => Promise<Membership | 'over'> {
  const { run, name, version, login, signal, log } = options;
  const keys = createUser();
  const subjects = subjectsOf(run);
  const request: JoinRequest = {
    protocol: protocolVersion,
    version,
    name,
    instance: randomUUID(),
    publicKey: keys.getPublicKey(),
    host: describeHost(),
  };
  let isTold = false;
  return async () => {
    const bus = await Bus.connect(busOptions(options, login));
    let isKept = false;
    try {
      let isOver = false;
      bus.subscribe(subjects.all('over'), () => {
        isOver = true;
      });
      while (!isOver) {
        const answer = await bus.request(subjects.join, request, joinMs).catch((error: unknown) => {
          if (isOver) return null; // whoever would answer has left
          throw error;
        });
        if (answer === null) break;
        const reply = readMessage<JoinReply>(answer);
        if ('refused' in reply) throw refused(reply.refused);
        if ('k' in reply) {
          isKept = login === null || !('user' in login); // its owner says what it may do
          return { k: reply.k, bus: isKept ? bus : await connectAdmitted(options, { seed: keys.getSeed() }) };
        }
        if (!isTold) log('the run has all its agents; waiting to take the place of one that is lost');
        isTold = true;
        await sleep(retryMs, undefined, { signal });
      }
      return 'over';
    } finally {
      if (!isKept) await bus.close();
    }
  };
}

async function connectAdmitted(options: JoinOptions, login: BusLogin): Promise<Bus> {
  const until = performance.now() + admittedMs;
  for (;;) {
    try {
      return await Bus.connect(busOptions(options, login));
    } catch (cause) {
      // No refusal of the token: that has been taken, and is asked with again.
      if (performance.now() > until) throw new Error(`with its own key: ${(cause as Error).message}`, { cause });
    }
    await sleep(retryMs);
  }
}

function busOptions({ url, name, ca }: JoinOptions, login: BusLogin) {
  return { url, name, ca, login, inbox: `_INBOX.${randomUUID().replaceAll('-', '')}` };
}

function refused(why: string): BenchError {
  return new BenchError('agentRefused', `The run does not take this agent: ${why}`, { exitCode: exitCodes.usage });
}

function notFound({ url, run, waitMs }: JoinOptions, cause: unknown): BenchError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BenchError('noRun', `No run ${run} answered at ${url} within ${Math.round(waitMs / 1e3)} s: ${why}`, {
    hint: 'Start it with `bench run … --agents N`, and take the line that it prints. Its token is of that run alone.',
    exitCode: exitCodes.stack,
    cause,
  });
}
