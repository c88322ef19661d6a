/** The REST service's side of compression: reads what content-encoding says, answers in what accept-encoding asks for. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ItemCodec } from '../domain/item-codec.ts';
import { type BodyCodec, isTooLarge } from '../driver-kit/body-codec.ts';

/** An error that fastify's handler turns into an answer of this status. */
class RefusedBody extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** `items`: how bodies are read that are no JSON. */
export function compressBodies(app: FastifyInstance, codec: BodyCodec, items: ItemCodec | null): void {
  readBodies(app, codec, 'application/json', (body) => JSON.parse(body.toString()));
  if (items !== null) readBodies(app, codec, items.contentType, (body) => items.decode(body));
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!isBody(payload) || !accepts(request, codec.encoding)) {
      done(null, payload);
      return;
    }
    reply.header('vary', 'accept-encoding');
    const plain = Buffer.from(payload);
    if (!codec.packs(plain.length)) {
      done(null, plain);
      return;
    }
    reply.header('content-encoding', codec.encoding);
    done(null, codec.pack(plain));
  });
}

function isBody(payload: unknown): payload is string | Buffer {
  return (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length > 0;
}

function readBodies(app: FastifyInstance, codec: BodyCodec, type: string, read: (body: Buffer) => unknown): void {
  app.removeContentTypeParser(type);
  app.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, read(plainBody(request, body, codec)));
    } catch (error) {
      done(error instanceof RefusedBody ? error : new RefusedBody(400, `The body is not ${type}.`));
    }
  });
}

function plainBody({ headers }: FastifyRequest, body: Buffer, codec: BodyCodec): Buffer {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding !== codec.encoding) throw new RefusedBody(415, `Bodies are read as they are, or in ${codec.encoding}.`);
  try {
    return codec.unpack(body, encoding);
  } catch (error) {
    if (isTooLarge(error)) throw new RefusedBody(413, 'The body unpacks to more than is taken.');
    throw new RefusedBody(400, `The body is not ${encoding}.`);
  }
}

/** A coding with a weight of nothing is refused, one that is not named is not asked for (RFC 9110 §12.5.3). */
function accepts({ headers }: FastifyRequest, encoding: string): boolean {
  const accepted = String(headers['accept-encoding'] ?? '')
    .toLowerCase()
    .split(',');
  return accepted.some((one) => {
    const [coding, weight = ''] = one.split(';');
    return coding?.trim() === encoding && !/^\s*q=0(\.0*)?\s*$/.test(weight);
  });
}
