/** Requests of two versions over HTTP: what the service refuses is answered with 400. */
import Fastify from 'fastify';
import { packageLabel } from '../driver-kit/client-label.ts';
import { answered, type EvolutionWire, type OpenWire, type PlayedService } from '../evolution/evolution-wire.ts';
import { formats } from '../evolution/message-format.ts';

const contentType = 'application/octet-stream';

export const restEvolutionWire: EvolutionWire = {
  carriedBy: `${packageLabel('fastify')}, fetch of Node`,
  formats,
  open: openRest,
};

async function openRest(services: readonly PlayedService[]): Promise<OpenWire> {
  const server = Fastify();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  for (const { path, serve } of services) {
    server.post(`/${path}`, (request, reply) => {
      const answer = answered(serve, request.body as Buffer);
      return answer === null ? reply.code(400).send() : reply.type(contentType).send(answer);
    });
  }
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    async call(path, body) {
      const headers = { 'content-type': contentType };
      const response = await fetch(`${url}/${path}`, { method: 'POST', body: new Uint8Array(body), headers });
      const answer = Buffer.from(await response.arrayBuffer());
      if (response.status === 400) return null;
      if (response.ok) return answer;
      throw new Error(`HTTP answers with status ${response.status}`);
    },
    close: () => server.close(),
  };
}
