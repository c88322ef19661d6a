import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../result/bench-error.ts';
import { ordersProto } from './preset.ts';
import { findMethod, loadProto } from './rpc-method.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'wirebench-proto-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function proto(name: string, text: string): Promise<string> {
  await mkdir(join(folder, 'shop', 'v1'), { recursive: true });
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe('rpc methods', () => {
  it('finds those of the reference service', () => {
    const root = loadProto(ordersProto);
    for (const method of ['Place', 'Get', 'Update', 'Cancel', 'List', 'HandOver']) {
      expect(findMethod(root, `wirebench.orders.v1.Orders/${method}`).path).toBe(
        `/wirebench.orders.v1.Orders/${method}`,
      );
    }
  });

  it('finds imports as protoc does, from a folder above, and those that come with protobuf', async () => {
    await proto('shop/v1/common.proto', 'syntax = "proto3"; package shop.v1; message Line { string sku = 1; }');
    const path = await proto(
      'shop/v1/shop.proto',
      `syntax = "proto3"; package shop.v1;
       import "shop/v1/common.proto"; import "google/protobuf/empty.proto"; import "google/protobuf/timestamp.proto";
       message Order { Line line = 1; google.protobuf.Timestamp at = 2; }
       service Shop { rpc Place(Order) returns (google.protobuf.Empty); }`,
    );
    const { requestType } = findMethod(loadProto(path), 'shop.v1.Shop/Place');
    expect(requestType.fields.line?.resolvedType?.name).toBe('Line');
    expect(requestType.fields.at?.resolvedType?.fullName).toBe('.google.protobuf.Timestamp');
  });

  it.each([
    [
      'wirebench.orders.v1.Orders/Plce',
      'There is no method wirebench.orders.v1.Orders/Plce',
      'Did you mean wirebench.orders.v1.Orders/Place?',
    ],
    [
      'wirebench.orders.v1.Order/Place',
      'There is no service wirebench.orders.v1.Order',
      'Did you mean wirebench.orders.v1.Orders?',
    ],
  ])('says what is there instead of %s', (method, message, hint) => {
    const find = () => findMethod(loadProto(ordersProto), method);
    expect(find).toThrow(message);
    expect(find).toThrow(expect.objectContaining({ exitCode: exitCodes.usage, hint: expect.stringContaining(hint) }));
  });

  it('refuses methods that answer with a stream', async () => {
    const path = await proto(
      'streams.proto',
      `syntax = "proto3"; message M {}
       service S { rpc In(stream M) returns (M); rpc Out(M) returns (stream M); rpc Both(stream M) returns (stream M); }`,
    );
    const root = loadProto(path);
    expect(findMethod(root, 'S/In').path).toBe('/S/In');
    for (const method of ['S/Out', 'S/Both']) {
      expect(() => findMethod(root, method)).toThrow(`${method} answers with a stream`);
    }
  });

  it.each([
    ['text that is no .proto', 'hello'],
    ['an import that is not there', 'syntax = "proto3"; import "nowhere.proto";'],
    ['a type that is not there', 'syntax = "proto3"; message M { Missing m = 1; }'],
  ])('says what is wrong with %s', async (_name, text) => {
    const path = await proto('bad.proto', text);
    expect(() => loadProto(path)).toThrow(expect.objectContaining({ code: 'badProto', exitCode: exitCodes.usage }));
  });
});
