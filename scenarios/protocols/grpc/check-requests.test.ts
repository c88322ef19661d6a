import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../schema/parse-scenario.ts';
import { formatProblem } from '../../schema/problem.ts';
import type { GrpcTarget } from './target.ts';

const folder = mkdtempSync(join(os.tmpdir(), 'wirebench-check-grpc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'shop.proto'),
  `syntax = "proto3"; package shop; import "google/protobuf/struct.proto";
   message Item { int32 count = 1; fixed64 sku = 2; }
   message Order { string id = 1; repeated Item items = 2; google.protobuf.Struct extra = 3; double price = 4; }
   service Shop { rpc Place(Order) returns (Order); rpc Watch(Order) returns (stream Order); rpc Feed(stream Order) returns (Order); }`,
);

function read(request: string, target = 'proto: shop.proto') {
  const text = `name: own
workload: { operations: { place: {} } }
load: { model: open, rate: 1/s }
targets:
  shop:
    protocol: grpc
    address: "127.0.0.1:1"
    ${target}
    requests:
      place: ${request}
`;
  return parseScenario(text, { path: join(folder, 's.yaml'), env: { BIG: '9007199254740993' } });
}

function problemsOf(request: string, target?: string): string[] {
  const reading = read(request, target);
  return reading.ok ? [] : reading.problems.map((problem) => formatProblem(problem).slice(folder.length + 1));
}

describe('requests of gRPC at validate', () => {
  it('names target, operation, field and place', () => {
    expect(
      problemsOf('{ method: shop.Shop/Place, message: { id: "{{id}}", items: [{ count: 3000000000 }], prise: 1 } }'),
    ).toEqual([
      's.yaml:10:83: targets.shop.requests.place.message.items[0].count: must be a whole number from -2147483648 to 2147483647, not 3000000000',
      's.yaml:10:105: targets.shop.requests.place.message.prise: shop.Order has no field prise (did you mean price?)',
    ]);
  });

  it.each([
    ['a method that is not there', '{ method: shop.Shop/Plaze }', /method: There is no method shop.Shop\/Plaze/],
    [
      'messages for a method that takes one',
      '{ method: shop.Shop/Place, messages: [{}] }',
      /messages: is for a method that takes a stream/,
    ],
    [
      'completeAt for a method that answers once',
      '{ method: shop.Shop/Feed, completeAt: first }',
      /completeAt: is for a method that answers with a stream/,
    ],
    [
      'a wrong message of several',
      '{ method: shop.Shop/Feed, messages: [{}, { id: 5 }] }',
      /messages\[1\].id: must be a text, not 5/,
    ],
    [
      'metadata that HTTP/2 has no place for',
      '{ method: shop.Shop/Place, metadata: { connection: close } }',
      /metadata.connection: connection cannot be sent as metadata/,
    ],
  ])('refuses %s', (_name, request, message) => {
    expect(problemsOf(request)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    [
      'an import folder that is not there',
      'proto: shop.proto\n    importPaths: [nowhere]',
      /importPaths\[0\]: "nowhere" is no/,
    ],
    ['a protoset that is none', 'protoset: shop.proto', /protoset: .* is no descriptor set/],
    ['two sources of types', 'proto: shop.proto\n    protoset: shop.proto', /protoset: proto already says/],
    ['a second proto that is not there', 'proto: [shop.proto, no.proto]', /proto\[1\]: "no.proto" does not exist/],
  ])('refuses %s', (_name, target, message) => {
    expect(problemsOf('{ method: shop.Shop/Place }', target)).toEqual([expect.stringMatching(message)]);
  });

  it('takes what fits of all kinds', () => {
    expect(problemsOf('{ method: shop.Shop/Watch, message: { id: "{{id}}" }, completeAt: first }')).toEqual([]);
    expect(problemsOf('{ method: shop.Shop/Feed, messages: [{ id: a }, { extra: { n: 1 } }] }')).toEqual([]);
  });

  it('keeps integers beyond 2^53 as they are written, also in what is written of the scenario', () => {
    const reading = read(
      '{ method: shop.Shop/Place, message: { items: [{ sku: 9007199254740993 }, { sku: 0x20000000000001 }, { sku: "$BRACED" }, { sku: 7 }] } }'.replace(
        'BRACED',
        '{BIG}',
      ),
    );
    if (!reading.ok) throw new Error(reading.problems.map(formatProblem).join('\n'));
    const { requests } = reading.scenario.targets.shop as GrpcTarget;
    const exact = { sku: '9007199254740993' };
    expect(requests?.place?.message).toEqual({ items: [exact, exact, exact, { sku: 7 }] });
    expect(reading.text).toContain('sku: 9007199254740993');
  });
});
