/** Servers whose reflection does not say what is so: each is told in words, none hangs or is believed. */
import { join } from 'node:path';
import { create, type DescMessage, fromBinary, fromJson, type JsonObject, toBinary, toJson } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../result/bench-error.ts';
import { typesOfProto } from '../../scenarios/grpc/proto-types.ts';
import { findMethod } from '../../scenarios/grpc/rpc-method.ts';
import { endpointOf } from '../driver-kit/client-socket.ts';
import { reflectTypes } from './reflection.ts';

const { registry } = typesOfProto([join(import.meta.dirname, 'reflection.proto')]);
const request = registry.getMessage('wirebench.reflection.ReflectionRequest') as DescMessage;
const response = registry.getMessage('wirebench.reflection.ReflectionResponse') as DescMessage;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.forceShutdown();
});

interface Asked {
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
}

/** Answers each question with these files, or with bytes that are none. */
async function startLiar(answer: (asked: Asked) => readonly (FileDescriptorProto | Buffer)[], version: string) {
  const server = new Server();
  const method = {
    path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    requestStream: true,
    responseStream: true,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  } as const;
  server.addService(
    { info: method },
    {
      info: (call: ServerDuplexStream<Buffer, Buffer>) => {
        call.on('error', () => undefined);
        call.on('end', () => call.end());
        call.on('data', (bytes: Buffer) => {
          const asked = toJson(request, fromBinary(request, bytes), { useProtoFieldName: true }) as Asked;
          const files = answer(asked).map((file) =>
            Buffer.from(Buffer.isBuffer(file) ? file : toBinary(FileDescriptorProtoSchema, file)).toString('base64'),
          );
          const json: JsonObject = { file_descriptor_response: { file_descriptor_proto: files } };
          call.write(Buffer.from(toBinary(response, fromJson(response, json))));
        });
      },
    },
  );
  servers.push(server);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return endpointOf(`127.0.0.1:${port}`, undefined);
}

const message = { name: 'M' };
const service = { name: 'S', method: [{ name: 'Do', inputType: '.p.M', outputType: '.p.M' }] };
const file = (name: string, rest: object = {}) =>
  create(FileDescriptorProtoSchema, { name, package: 'p', syntax: 'proto3', ...rest });
const whole = file('whole.proto', { messageType: [message], service: [service] });

describe('reflection', () => {
  it.each(['v1', 'v1alpha'])('is believed when it is so, in %s', async (version) => {
    const endpoint = await startLiar(() => [whole], version);
    const types = await reflectTypes(endpoint, ['p.S'], AbortSignal.timeout(10_000));
    expect(findMethod(types, 'p.S/Do').path).toBe('/p.S/Do');
  });

  let made = 0;
  it.each<[string, (asked: Asked) => readonly (FileDescriptorProto | Buffer)[], string]>([
    ['bytes that are no file', () => [Buffer.from('nonsense')], 'sent what is no file descriptor'],
    ['nothing', () => [], 'does not know p.S: it sent something else'],
    ['a method of types that are nowhere', () => [file('s.proto', { service: [service] })], 'do not hold together'],
    [
      'files that use each other',
      ({ file_by_filename: name }) => {
        const field = {
          name: 'f',
          number: 1,
          type: FieldDescriptorProto_Type.MESSAGE,
          label: FieldDescriptorProto_Label.OPTIONAL,
        };
        return [
          name === 'b.proto'
            ? file('b.proto', { messageType: [{ name: 'N', field: [{ ...field, typeName: '.p.M' }] }] })
            : file('a.proto', {
                ...{ dependency: ['b.proto'], service: [service] },
                messageType: [{ ...message, field: [{ ...field, typeName: '.p.N' }] }],
              }),
        ];
      },
      'a.proto use each other',
    ],
    [
      'ever more imports',
      ({ file_by_filename: name = 'f.proto' }) => [
        ...Array.from({ length: 1_000 }, () => file(`f${made++}.proto`)),
        file(name, { dependency: [`f${made++}.proto`] }),
      ],
      'goes on past',
    ],
  ])('that tells %s is not', async (_name, answer, why) => {
    const endpoint = await startLiar(answer, 'v1');
    const error: unknown = await reflectTypes(endpoint, ['p.S'], AbortSignal.timeout(30_000)).catch((thrown) => thrown);
    expect(error).toMatchObject({ exitCode: exitCodes.usage });
    expect(String(error)).toContain(why);
  });

  it('that has another service than the one that is asked for is not', async () => {
    const endpoint = await startLiar(() => [file('other.proto', { messageType: [message] })], 'v1');
    const types = await reflectTypes(endpoint, ['p.S'], AbortSignal.timeout(10_000));
    expect(() => findMethod(types, 'p.S/Do')).toThrow('There is no service p.S');
  });
});
