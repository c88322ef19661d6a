/** Server-sent events of the user's own system; who comes again says which it had last. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { SettledBySse } from '../../scenarios/settled-settings.ts';
import { answersWithin } from '../driver-kit/answers-within.ts';
import { cannotConnect } from '../driver-kit/cannot-connect.ts';
import { createSocket, endpointOf } from '../driver-kit/client-socket.ts';
import { hostsAndPorts } from '../target-address.ts';
import { EventReader } from './event-reader.ts';
import { type EventSink, type FlowObserver, type ObserverContext, observeWithinMs } from './flow-observer.ts';
import { PushedEvents } from './pushed-events.ts';

const longestEventBytes = 16 * 1024 ** 2;

export async function observeServerSentEvents(
  settings: SettledBySse,
  sink: EventSink,
  context: ObserverContext,
): Promise<FlowObserver> {
  const observer = new SseObserver(settings, sink, context);
  try {
    await observer.open();
  } catch (cause) {
    await observer.close();
    const said = cause instanceof Error ? cause.message : String(cause);
    const { host } = new URL(settings.url);
    throw cannotConnect(`The server at ${host}, whose events are looked for,`, said, 'Check `sse`.', cause);
  }
  return observer;
}

class SseObserver extends PushedEvents {
  readonly #settings: SettledBySse;
  readonly #context: ObserverContext;
  #request: ClientRequest | null = null;
  #lastId = '';

  constructor(settings: SettledBySse, sink: EventSink, context: ObserverContext) {
    super(sink, new EventReader(settings));
    this.#settings = settings;
    this.#context = context;
  }

  open(): Promise<void> {
    return answersWithin(observeWithinMs, this.#open());
  }

  #open(): Promise<void> {
    const { url, headers, tls } = this.#settings;
    const { through, goesOn = true } = this.#context;
    const endpoint = endpointOf(through ?? hostsAndPorts(url, { protocol: 'rest' })[0], url, tls);
    const { pathname, search } = new URL(url);
    const asked = request({
      path: `${pathname}${search}`,
      createConnection: () => createSocket(endpoint),
      headers: {
        host: endpoint.authority,
        accept: 'text/event-stream',
        ...(goesOn && this.#lastId !== '' && { 'last-event-id': this.#lastId }),
        ...headers,
      },
    });
    this.#request = asked;
    return new Promise((resolve, reject) => {
      asked.on('error', reject);
      asked.on('response', (answer) => {
        const refusal = refusalOf(answer);
        if (refusal !== null) {
          asked.destroy();
          reject(new Error(refusal));
          return;
        }
        this.#read(answer);
        this.hear(answer);
        resolve();
      });
      asked.end();
    });
  }

  #read(answer: IncomingMessage): void {
    const parser = createParser({
      maxBufferSize: longestEventBytes,
      onEvent: (event) => this.#take(event),
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') answer.destroy();
      },
    });
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => parser.feed(text));
    answer.on('error', () => undefined); // 'close' follows
  }

  #take({ id, event, data }: EventSourceMessage): void {
    if (id !== undefined) this.#lastId = id;
    const fields: Readonly<Record<string, string | undefined>> = { id, event };
    this.reader.read(this.sink, (name) => fields[name], Buffer.from(data));
  }

  protected override get isMissed(): boolean {
    return this.#lastId === '';
  }

  protected end(): void {
    this.#request?.destroy();
  }
}

/** null: it answers with a stream of events. */
function refusalOf({ statusCode = 0, headers }: IncomingMessage): string | null {
  if (statusCode !== 200) return `it answers with status ${statusCode}`;
  const type = headers['content-type'] ?? 'nothing said';
  return type.startsWith('text/event-stream') ? null : `it answers with ${type}, not text/event-stream`;
}
