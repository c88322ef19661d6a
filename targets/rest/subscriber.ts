/** Subscribers over HTTP: server-sent events, or a request every so often for what is new. */
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { createParser } from 'eventsource-parser';
import {
  type EventStream,
  keepSubscribers,
  type OpenStream,
  openedInTime,
  type StreamEvents,
} from '../publish/kept-subscribers.ts';
import type { SubscriberContext, SubscriberDriver } from '../subscriber.ts';
import { type EventsAnswer, eventStreamType, eventsPath, mostAtOnce } from './pushed-events.ts';

export const restSubscriber: SubscriberDriver = {
  open(context, sink, signal) {
    const { pollMs } = context.target.push ?? {};
    const what = 'HTTP of the subscribers';
    const open = pollMs === undefined ? openSse(context) : openPoll(context, pollMs);
    return keepSubscribers(context, sink, signal, { what, open, countsBytes: true });
  },
};

function openSse({ address }: SubscriberContext): OpenStream {
  return (after, events) => {
    const asked = request(`http://${address}${eventsPath}`, {
      agent: false,
      headers: { accept: eventStreamType, ...(after !== null && { 'last-event-id': String(after) }) },
    });
    const opening = new Promise<EventStream>((resolve, reject) => {
      asked.on('error', reject);
      asked.on('response', (answer) => {
        if (answer.statusCode === 200) followSse(answer, events, resolve, reject);
        else reject(new Error(`status ${answer.statusCode}`));
      });
      asked.end();
    });
    return openedInTime(opening, () => asked.destroy());
  };
}

function followSse(
  answer: IncomingMessage,
  events: StreamEvents,
  subscribed: (stream: EventStream) => void,
  failed: (error: Error) => void,
): void {
  const { socket } = answer;
  let isSubscribed = false;
  const parser = createParser({
    onEvent({ id, event, data }) {
      const position = Number(id);
      if (event !== 'subscribed') {
        events.received(position, (JSON.parse(data) as { readonly id: string }).id);
        return;
      }
      isSubscribed = true;
      events.subscribed(position);
      subscribed({
        pause: () => socket.pause(),
        resume: () => socket.resume(),
        bytesRead: () => socket.bytesRead,
        close: () => socket.destroy(),
      });
    },
  });
  answer.setEncoding('utf8');
  answer.on('data', (text: string) => parser.feed(text));
  answer.on('error', () => undefined); // 'close' follows
  answer.once('close', () => (isSubscribed ? events.ended() : failed(new Error('closed before it was subscribed'))));
}

/** Each at a time of its own within the interval, so that they do not ask all at once. */
function openPoll({ address, count }: SubscriberContext, everyMs: number): OpenStream {
  let opened = 0;
  return async (after, events) => {
    const poll = new Poll(address, events);
    await openedInTime(poll.begin(after), () => poll.close());
    poll.repeat(everyMs, (opened++ / count) * everyMs);
    return poll;
  };
}

class Poll implements EventStream {
  readonly #url: string;
  readonly #events: StreamEvents;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #sockets = new Set<Socket>();
  #position = 0;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  #isHeld = false;
  #isOver = false;

  constructor(address: string, events: StreamEvents) {
    this.#url = `http://${address}${eventsPath}`;
    this.#events = events;
  }

  /** The first request says where it begins, or brings what was missed. */
  async begin(after: number | null): Promise<void> {
    const { position, events } = await this.#ask(after);
    this.#position = after ?? position;
    this.#events.subscribed(this.#position);
    this.#take(events);
  }

  /** On a schedule: a slow answer delays none of the later requests. */
  repeat(everyMs: number, firstMs: number): void {
    const startMs = performance.now() + firstMs;
    let number = 0;
    const next = () => {
      number = Math.max(number + 1, Math.ceil((performance.now() - startMs) / everyMs));
      this.#timer = setTimeout(next, startMs + number * everyMs - performance.now());
      void this.#look();
    };
    this.#timer = setTimeout(next, firstMs);
  }

  pause(): void {
    this.#isHeld = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#isHeld = false;
    for (const socket of this.#sockets) socket.resume();
  }

  bytesRead(): number {
    return [...this.#sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#agent.destroy();
  }

  async #look(): Promise<void> {
    if (this.#isAsking || this.#isHeld || this.#isOver) return;
    this.#isAsking = true;
    try {
      // A full answer leaves more behind.
      for (let more = true; more && !this.#isOver; ) {
        more = this.#take((await this.#ask(this.#position)).events) >= mostAtOnce;
      }
    } catch {
      if (this.#isOver) return;
      this.close();
      this.#events.ended();
    } finally {
      this.#isAsking = false;
    }
  }

  /** How many there were. */
  #take(events: EventsAnswer['events']): number {
    for (const { position, id } of events) {
      this.#position = position;
      this.#events.received(position, id);
    }
    return events.length;
  }

  #ask(after: number | null): Promise<EventsAnswer> {
    const query = after === null ? '' : `?after=${after}`;
    return new Promise((resolve, reject) => {
      const asked = request(`${this.#url}${query}`, { agent: this.#agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(JSON.parse(text) as EventsAnswer);
          else reject(new Error(`status ${answer.statusCode}`));
        });
      });
      asked.on('socket', (socket) => this.#sockets.add(socket));
      asked.on('error', reject);
      asked.end();
    });
  }
}
