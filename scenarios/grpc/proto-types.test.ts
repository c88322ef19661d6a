import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../result/bench-error.ts';
import { readProtoSources } from './proto-source.ts';
import { typesOfProto, typesOfProtoset } from './proto-types.ts';
import { findMethod } from './rpc-method.ts';
import { descriptorsOf } from './source-descriptors.ts';

let folder = '';
let sources = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-proto-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function proto(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
}

describe('rpc methods', () => {
  it.each([
    ['One', false, false],
    ['In', true, false],
    ['Out', false, true],
    ['Both', true, true],
  ])('tells the kind of %s', async (name, requestStream, responseStream) => {
    const path = await proto(
      'streams.proto',
      `syntax = "proto3"; package p; message M {}
       service S { rpc One(M) returns (M); rpc In(stream M) returns (M); rpc Out(M) returns (stream M); rpc Both(stream M) returns (stream M); }`,
    );
    expect(findMethod(typesOfProto([path]), `p.S/${name}`)).toMatchObject({
      ...{ path: `/p.S/${name}`, requestStream, responseStream },
    });
  });

  it.each([
    ['p.S/Oen', 'There is no method p.S/Oen', 'Did you mean p.S/One?'],
    ['p.T/One', 'There is no service p.T', 'p.S'],
  ])('says what is there instead of %s', async (method, message, hint) => {
    const path = await proto(
      'one.proto',
      'syntax = "proto3"; package p; message M {} service S { rpc One(M) returns (M); }',
    );
    const find = () => findMethod(typesOfProto([path]), method);
    expect(find).toThrow(message);
    expect(find).toThrow(expect.objectContaining({ exitCode: exitCodes.usage, hint: expect.stringContaining(hint) }));
  });
});

describe('types of .proto files', () => {
  const importing = (...imports: string[]) =>
    `syntax = "proto3"; package shop.v1; ${imports.map((name) => `import "${name}";`).join(' ')}
     message Order { Line line = 1; } service Shop { rpc Place(Order) returns (Order); }`;
  const line = 'syntax = "proto3"; package shop.v1; message Line { string sku = 1; }';

  it('finds imports in a folder above, in importPaths, and those that come with protobuf and google/api', async () => {
    await proto('a/shop/v1/line.proto', line);
    const above = await proto(
      'a/shop/v1/shop.proto',
      importing(
        'shop/v1/line.proto',
        'google/protobuf/empty.proto',
        'google/api/annotations.proto',
        'google/api/client.proto',
      ),
    );
    expect(findMethod(typesOfProto([above]), 'shop.v1.Shop/Place').requestType.fields[0]?.message?.name).toBe('Line');
    await proto('third/common/line.proto', line);
    const apart = await proto('b/shop.proto', importing('common/line.proto'));
    expect(() => typesOfProto([apart])).toThrow('imports common/line.proto, which is nowhere to be found');
    expect(typesOfProto([apart], [join(folder, 'third')]).registry.getMessage('shop.v1.Line')).toBeDefined();
  });

  it('reads a tree of a thousand files, each importing the next', async () => {
    const count = 1_000;
    const next = (n: number) => (n + 1 < count ? `import "tree/f${n + 1}.proto";` : '');
    const field = (n: number) => (n + 1 < count ? `M${n + 1} next = 1;` : 'string end = 1;');
    await Promise.all(
      Array.from({ length: count }, (_, n) =>
        proto(`tree/f${n}.proto`, `syntax = "proto3"; package t; ${next(n)} message M${n} { ${field(n)} }`),
      ),
    );
    const { registry } = typesOfProto([join(folder, 'tree', 'f0.proto')]);
    expect(registry.getMessage(`t.M${count - 1}`)?.fields[0]?.name).toBe('end');
  });

  it('reads a descriptor set', async () => {
    const path = await proto(
      'set.proto',
      'syntax = "proto3"; package p; message M { map<string, int64> m = 1; } service S { rpc One(M) returns (M); }',
    );
    const file = descriptorsOf(readProtoSources([path], []));
    const set = join(folder, 'set.binpb');
    await writeFile(set, toBinary(FileDescriptorSetSchema, { $typeName: 'google.protobuf.FileDescriptorSet', file }));
    expect(findMethod(typesOfProtoset(set), 'p.S/One').requestType.fields[0]?.fieldKind).toBe('map');
  });

  it.each([
    ['text that is no .proto', 'hello', 'cannot be read as a .proto'],
    [
      'an import that is not there',
      'syntax = "proto3"; import "nowhere.proto";',
      'imports nowhere.proto, which is nowhere',
    ],
    ['a type that is not there', 'syntax = "proto3"; message M { Missing m = 1; }', 'Missing'],
    [
      'a type of an option file that is not there',
      'syntax = "proto3"; import "google/api/httpbody.proto"; message M { google.api.HttpBody m = 1; }',
      'HttpBody',
    ],
    ['what is no descriptor set', null, 'is no descriptor set'],
  ])('says what is wrong with %s', async (_name, text, message) => {
    const path = await proto(`bad-${sources++}.proto`, text ?? 'hello');
    const read = () => (text === null ? typesOfProtoset(path) : typesOfProto([path]));
    expect(read).toThrow(expect.objectContaining({ code: 'badProto', exitCode: exitCodes.usage }));
    expect(read).toThrow(message);
  });
});
