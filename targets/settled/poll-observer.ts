/** Asks for each flow again and again until the answer says that it is settled: load of its own, which is counted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { SettledByPoll } from '../../scenarios/settled-settings.ts';
import { tlsOptions } from '../driver-kit/tls-options.ts';
import { MatchReader } from './event-reader.ts';
import type { EventSink, FlowObserver, PollCounts } from './flow-observer.ts';

/** Requests under way at a time; flows beyond them wait, which makes `settled` no earlier. */
const mostConnections = 64;
const answerWithinMs = 5_000;
const mostBodyBytes = 1024 ** 2;

export async function observeByPoll(settings: SettledByPoll, sink: EventSink): Promise<FlowObserver> {
  return new PollObserver(settings, sink);
}

class PollObserver implements FlowObserver {
  readonly #settings: SettledByPoll;
  readonly #sink: EventSink;
  readonly #match: MatchReader;
  readonly #agent: Agent;
  #requests = 0;
  #failed = 0;
  #isClosed = false;

  constructor(settings: SettledByPoll, sink: EventSink) {
    this.#settings = settings;
    this.#sink = sink;
    this.#match = new MatchReader(settings.until);
    const { protocol, hostname } = new URL(settings.url);
    const connect = protocol === 'https:' ? tlsOptions(settings.tls?.serverName ?? hostname, settings.tls) : {};
    const timeouts = { headersTimeout: answerWithinMs, bodyTimeout: answerWithinMs };
    this.#agent = new Agent({ connections: mostConnections, maxResponseSize: mostBodyBytes, ...timeouts, connect });
  }

  follow(ids: readonly string[]): void {
    for (const id of ids) void this.#untilSettled(id);
  }

  async #untilSettled(id: string): Promise<void> {
    const { url, everyMs } = this.#settings;
    const asked = url.replaceAll(/\{\{\s*id\s*\}\}/g, id);
    while (!this.#isClosed) {
      if (await this.#ask(asked)) {
        if (!this.#isClosed) this.#sink.settled(id);
        return;
      }
      await sleep(everyMs, undefined, { ref: false });
    }
  }

  /** What is not there yet, or says something else, is asked for again. */
  async #ask(url: string): Promise<boolean> {
    this.#requests++;
    try {
      const { headers } = this.#settings;
      const { statusCode, body } = await request(url, { dispatcher: this.#agent, headers });
      const bytes = Buffer.from(await body.arrayBuffer());
      if (statusCode >= 500) this.#failed++;
      return statusCode >= 200 && statusCode < 300 && this.#match.isIn(bytes);
    } catch {
      if (!this.#isClosed) this.#failed++;
      return false;
    }
  }

  polls(): PollCounts {
    return { requests: this.#requests, failed: this.#failed };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#agent.destroy();
  }
}
