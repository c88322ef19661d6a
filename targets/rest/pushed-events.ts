/** Events over HTTP: server-sent ones, which go on behind `Last-Event-ID`, or as many as there are behind a position. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Listener, Publications, PublishedEvent } from '../publish/publications.ts';

export const eventsPath = '/v1/events';
export const eventStreamType = 'text/event-stream';
/** In one answer to who asks. */
export const mostAtOnce = 1_000;

export interface EventsAnswer {
  /** Of the last of them, or behind which there is nothing yet. */
  readonly position: number;
  readonly events: readonly { readonly position: number; readonly id: string; readonly payload: string }[];
}

type Asked = FastifyRequest<{ Querystring: { readonly after?: string } }>;

export function routeEvents(app: FastifyInstance, publications: Publications): void {
  app.get(eventsPath, (request: Asked, reply) => {
    if (request.headers.accept === eventStreamType) push(request, reply, publications);
    else tell(request, reply, publications);
  });
}

/** Without `after`: where it stands now. */
function tell({ query }: Asked, reply: FastifyReply, publications: Publications): void {
  const after = positionIn(query.after);
  const events = after === null ? [] : publications.since(after, mostAtOnce);
  const told = events.map(({ position, id, payload }) => ({ position, id, payload }));
  const position = told.at(-1)?.position ?? publications.last;
  void reply.send({ position, events: told } satisfies EventsAnswer);
}

function push({ headers, raw: { socket } }: Asked, reply: FastifyReply, publications: Publications): void {
  const { raw } = reply.hijack();
  socket.setNoDelay(true);
  raw.writeHead(200, { 'content-type': eventStreamType, 'cache-control': 'no-store' });
  const listener: Listener = {
    write(event, written) {
      const text = event.encodedBy(eventText);
      raw.write(text, written);
      return text.length;
    },
    cutOff: () => socket.destroy(),
  };
  const position = publications.join(listener, positionIn(headers['last-event-id']));
  raw.on('close', () => publications.leave(listener));
  raw.write(`id: ${position}\nevent: subscribed\ndata: {}\n\n`);
}

function eventText({ position, id, payload }: PublishedEvent): Buffer {
  return Buffer.from(`id: ${position}\ndata: ${JSON.stringify({ id, payload })}\n\n`);
}

function positionIn(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
