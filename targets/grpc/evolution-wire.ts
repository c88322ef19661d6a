/** Requests of two versions over gRPC, which knows protobuf alone. */
import { Client, credentials, Server, ServerCredentials, type ServiceDefinition, status } from '@grpc/grpc-js';
import { packageLabel } from '../driver-kit/client-label.ts';
import type { EvolutionWire, OpenWire, PlayedService } from '../evolution/evolution-wire.ts';
import { grpcFormats } from '../evolution/message-format.ts';

export const grpcEvolutionWire: EvolutionWire = {
  carriedBy: packageLabel('@grpc/grpc-js'),
  formats: grpcFormats,
  open: openGrpc,
};

/** Requests are read where the library reads them, so that a refusal is its own. */
async function openGrpc(services: readonly PlayedService[]): Promise<OpenWire> {
  const server = new Server();
  for (const { path, serve } of services) {
    const method = { path: `/${path}/Call`, requestStream: false, responseStream: false };
    const codecs = { requestSerialize: asItIs, requestDeserialize: serve, responseSerialize: asItIs };
    const definition: ServiceDefinition = { Call: { ...method, ...codecs, responseDeserialize: asItIs } };
    server.addService(definition, {
      Call: (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) => done(null, call.request),
    });
  }
  const listening = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error === null) listening.resolve(port);
    else listening.reject(error);
  });
  const client = new Client(`127.0.0.1:${await listening.promise}`, credentials.createInsecure());
  return {
    call: (path, body) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(`/${path}/Call`, asItIs, asItIs, body, (error, answer) => {
          if (error === null) resolve(answer ?? Buffer.alloc(0));
          else if (error.code === status.INTERNAL) resolve(null);
          else reject(error);
        });
      }),
    async close() {
      client.close();
      server.forceShutdown();
    },
  };
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
