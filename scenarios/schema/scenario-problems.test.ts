import { describe, expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';
import { formatProblem } from './problem.ts';

/** Lines 1–10; tests add to it. */
const base = `name: trial
workload:
  operations:
    placeOrder: { weight: 60, pattern: one-way, payload: order }
    getOrder: { weight: 40 }
  payloads:
    order: { size: 1KiB }
load: { model: open, rate: 500/s }
targets:
  rest: { protocol: rest }
`;

function problemsOf(text: string, env: Record<string, string> = {}): string[] {
  const reading = parseScenario(text, { path: 'dir/s.yaml', env });
  return reading.ok ? [] : reading.problems.map(formatProblem);
}

/** The base with one piece of text in place of another. */
function withText(from: string, to: string): string {
  if (!base.includes(from)) throw new Error(`${from} is not in the base`);
  return base.replace(from, to);
}

describe('a scenario with a problem', () => {
  it.each([
    // keys
    ['unknown key', withText('name: trial', 'nmae: trial\nname: trial'), '1:1: nmae: unknown key (did you mean name?)'],
    [
      'unknown key within',
      withText('weight: 40', 'wieght: 40'),
      '5:17: workload.operations.getOrder.wieght: unknown key (did you mean weight?)',
    ],
    [
      'key far from any',
      withText('weight: 40', 'zzzzzz: 40'),
      '5:17: workload.operations.getOrder.zzzzzz: unknown key (known here: weight, rate, timeout, does, version, pattern, payload)',
    ],
    [
      'key of another place',
      `${base}stages: {}\n`,
      '11:1: stages: is not a key of the scenario itself: write it under load (load.stages)',
    ],
    [
      'cluster that nobody asks',
      `${base}stack: { kafka: { brokers: 3 } }\n`,
      '11:28: stack.kafka.brokers: no target of our reference service is behind Kafka, so none is started',
    ],
    [
      'cluster of two',
      `${base}stack: { kafka: { brokers: 2 } }\n`,
      '11:28: stack.kafka.brokers: expected 1 or 3, not 2',
    ],
    [
      'leader of one broker',
      `${withText('protocol: rest', 'protocol: stream')}conditions: { bad: [ { at: 1s, for: 2s, fault: kill, part: broker, broker: leader } ] }\n`,
      '11:68: conditions.bad[0].broker: is for three brokers (stack: { kafka: { brokers: 3 } }); there is one',
    ],
    [
      'one of three brokers',
      `${withText('protocol: rest', 'protocol: stream')}stack: { kafka: { brokers: 3 } }\nconditions: { bad: [ { at: 1s, for: 2s, fault: kill, part: broker } ] }\n`,
      '12:60: conditions.bad[0].part: there are 3 Kafka brokers: say which (broker: leader)',
    ],
    [
      'leader of the service',
      `${withText('protocol: rest', 'protocol: stream')}stack: { kafka: { brokers: 3 } }\nconditions: { bad: [ { at: 1s, for: 2s, fault: pause, part: service, broker: leader } ] }\n`,
      '12:70: conditions.bad[0].broker: means nothing for part: service',
    ],
    [
      'leader of one node',
      `${withText('protocol: rest', 'protocol: queue')}conditions: { bad: [ { at: 1s, for: 2s, fault: kill, part: broker, broker: leader } ] }\n`,
      '11:68: conditions.bad[0].broker: is for three brokers (stack: { rabbitmq: { brokers: 3 } }); there is one',
    ],
    [
      'consumers where there are none',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, fault: pause-consumers } ] }\n`,
      '11:48: conditions.bad[0].fault: rest has no consumers of ours: nothing waits in a broker',
    ],
    [
      'several queues for who waits for an answer',
      withText('protocol: rest', 'protocol: queue, topics: 2'),
      '10:28: targets.rest.topics: are for operations that are handed over; getOrder is answered (pattern: one-way of getOrder)',
    ],
    ['empty sweep', `${base}sweep: {}\n`, '11:8: sweep: needs either grid or list'],
    [
      'swept setting that a protocol lacks',
      `${base}sweep: { grid: { linger: [ 1ms ] } }\n`,
      '11:26: sweep.grid.linger: for rest: linger unknown key (known here: protocol, http, connections, client, batch, codec, compression, engine, gateway, cache, chain, push, flow, via, store, service, instances, optional, address, tls, auth, watch, settled, events, subscribers, traceparent, resilience, followRedirects, userAgent, requests)',
    ],
    [
      'swept value that is none',
      `${base}sweep: { list: [ { connections: 0 } ] }\n`,
      '11:8: sweep: for rest: connections must be at least 1',
    ],
    [
      'one of several sweeps',
      `${base}sweep: [ { grid: { connections: [ 1 ] } }, { grid: { connections: [ 0 ] } } ]\n`,
      '11:67: sweep[1].grid.connections: for rest: connections must be at least 1',
    ],
    ['sweep of a word', `${base}sweep: all\n`, '11:8: sweep: expected a sweep, or a list of them, not "all"'],
    [
      'sweep of a target that is not there',
      `${base}sweep: { targets: [ grpc ], grid: { connections: [ 1 ] } }\n`,
      '11:21: sweep.targets[0]: there is no target "grpc"',
    ],
    [
      'range without end',
      `${base}sweep: { grid: { connections: { from: 1, to: 5, step: 0 } } }\n`,
      '11:31: sweep.grid.connections: would never end',
    ],
    [
      'sweep that leaves nothing',
      `${base}sweep: { grid: { connections: [ 1 ] }, skip: [ { connections: 1 } ] }\n`,
      '11:8: sweep: leaves nothing to be run',
    ],
    ['duplicate key', `${base}name: other\n`, '11:1: duplicate key name'],
    [
      'prototype key',
      `${base}__proto__: {}\n`,
      '11:1: __proto__: unknown key (known here: name, question, primary, workload, subscribers, load, targets, conditions, resilience, thresholds, stack, repeats, evolution, sweep, allowHosts)',
    ],
    [
      'missing key',
      withText('rate: 500/s', 'warmup: 1s'),
      '8:1: load: an open model needs a rate, or stages (e.g. rate: 500/s)',
    ],
    ['missing choice', withText('model: open, ', ''), '8:1: load: model is missing; one of open, closed'],
    [
      'bad name of an entry',
      withText('  rest:', '  9rest:'),
      '10:3: targets.9rest: a name begins with a letter, followed by letters, digits, - or _ (64 at most)',
    ],
    // values
    ['missing unit', withText('500/s', '500'), '8:28: load.rate: 500 needs a unit, e.g. 500/s, or max'],
    [
      'missing unit of a time',
      `${base}resilience: { timeout: 5 }\n`,
      '11:24: resilience.timeout: 5 needs a unit, e.g. 5s',
    ],
    [
      'quoted without unit',
      `${base}resilience: { timeout: "5" }\n`,
      '11:24: resilience.timeout: needs a unit, e.g. 5s',
    ],
    [
      'wrong unit',
      withText('1KiB', '1ms'),
      '7:20: workload.payloads.order.size: "ms" is no unit of a size; use B, KiB, MiB, kB, KB, MB',
    ],
    [
      'near unit',
      withText('500/s', '500rps'),
      '8:28: load.rate: "rps" is no unit of a rate; use /s, /min, /h (did you mean 500/s?)',
    ],
    ['too large', withText('1KiB', '17MiB'), '7:20: workload.payloads.order.size: must be at most 16MiB'],
    ['too small', withText('500/s', '0/s'), '8:28: load.rate: must be at least 0.01/s'],
    [
      'zero weight',
      withText('weight: 40', 'weight: 0'),
      '5:25: workload.operations.getOrder.weight: must be more than 0',
    ],
    [
      'text for a number',
      withText('weight: 40', 'weight: "40"'),
      '5:25: workload.operations.getOrder.weight: expected a number, not "40"',
    ],
    [
      'near unit of a warm-up',
      withText('rate: 500/s', 'rate: 500/s, warmup: 3sec'),
      '8:43: load.warmup: "sec" is no unit of a duration; use us, µs, ms, s, m, min, h (did you mean 3s?)',
    ],
    [
      'warm-up without a unit',
      withText('rate: 500/s', 'rate: 500/s, warmup: 3'),
      '8:43: load.warmup: 3 needs a unit, e.g. 5s, or auto',
    ],
    ['fraction', `${base}repeats: 1.5\n`, '11:10: repeats: expected a whole number, not 1.5'],
    ['infinity', `${base}repeats: .inf\n`, '11:10: repeats: expected a number, not Infinity'],
    ['nothing', withText('load: { model: open, rate: 500/s }', 'load:'), '8:6: load: expected a mapping, not nothing'],
    [
      'not one of',
      withText('protocol: rest', 'protocol: rst'),
      '10:21: targets.rest.protocol: "rst" is not one of rest, grpc, websocket, queue, stream (did you mean rest?)',
    ],
    [
      'client of another protocol',
      withText('protocol: rest', 'protocol: rest, client: ws'),
      '10:35: targets.rest.client: "ws" is not one of own, undici',
    ],
    [
      'client that is none',
      withText('protocol: rest', 'protocol: grpc, client: grpcjs'),
      '10:35: targets.rest.client: "grpcjs" is not one of own, grpc-js (did you mean grpc-js?)',
    ],
    [
      'client of another engine',
      withText('protocol: rest', 'protocol: rest, engine: autocannon, client: undici'),
      '10:47: targets.rest.client: is for the native engine; autocannon brings its own',
    ],
    [
      'engine of another protocol',
      withText('protocol: rest', 'protocol: rest, engine: ghz'),
      '10:35: targets.rest.engine: "ghz" is not one of native, autocannon',
    ],
    [
      'choice of values',
      withText('protocol: rest', 'protocol: stream, acks: 2'),
      '10:35: targets.rest.acks: expected all, 0 or 1, not 2',
    ],
    [
      'codec of another protocol',
      withText('protocol: rest', 'protocol: stream, compression: br'),
      '10:42: targets.rest.compression: "br" is not one of none, gzip, snappy, lz4, zstd',
    ],
    [
      'codec with an engine that has none',
      withText('protocol: rest', 'protocol: rest, engine: autocannon, compression: gzip'),
      '10:47: targets.rest.compression: is for the native engine; autocannon sends bodies as they are',
    ],
    [
      'window without confirms',
      withText('protocol: rest', 'protocol: queue, confirms: false, confirmWindow: 9'),
      '10:45: targets.rest.confirmWindow: bounds what is not yet confirmed; with confirms: false nothing is',
    ],
    [
      'acknowledgements that never come together',
      withText('protocol: rest', 'protocol: queue, prefetch: 10, ackBatch: { every: 20 }'),
      '10:61: targets.rest.ackBatch.every: 20 never come together: prefetch lets 10 be unacknowledged',
    ],
    [
      'acknowledgements that there are not',
      withText('protocol: rest', 'protocol: queue, ack: auto, ackBatch: { every: 20 }'),
      '10:39: targets.rest.ackBatch: gathers acknowledgements; with ack: auto there are none',
    ],
    [
      'own rates beyond the rate',
      withText('weight: 40', 'rate: 501/s'),
      '3:3: workload.operations: own rates come to 501/s, above load.rate (500/s)',
    ],
    [
      'own rates that leave the others nothing',
      withText('weight: 40', 'rate: 500/s'),
      '3:3: workload.operations: own rates come to 500/s; the others need some of load.rate (500/s)',
    ],
    [
      'an own rate of a closed model',
      withText('weight: 40', 'rate: 5/s').replace('model: open, rate: 500/s', 'model: closed, users: 5'),
      '5:23: workload.operations.getOrder.rate: is a part of load.rate, which must be one rate: an open model without stages or recording',
    ],
    [
      'an own time-out beyond the deadline',
      withText('weight: 40', 'timeout: 9s'),
      '5:26: workload.operations.getOrder.timeout: is longer than resilience.deadline (2000ms), which ends an operation anyway',
    ],
    [
      'a closed model without users',
      withText('model: open, rate: 500/s', 'model: closed'),
      '8:1: load: a closed model needs users, or stages (e.g. users: 50)',
    ],
    [
      'users beside their stages',
      withText('model: open, rate: 500/s', 'model: closed, users: 5, stages: [{ for: 1s, users: 5 }]'),
      '8:31: load.users: stages say how many users themselves; leave it out, or the stages',
    ],
    [
      'a first ramp of users from nowhere',
      withText('model: open, rate: 500/s', 'model: closed, stages: [{ for: 1s, to: 5 }]'),
      '8:33: load.stages[0]: the first ramp has nothing before it: say from how many users (from)',
    ],
    [
      'stopAfter of what is known only at the end',
      `${base}thresholds: [ { check: "all p99 < 1s", stopAfter: 5s } ]\n`,
      '11:24: thresholds[0].check: beside stopAfter is an errorRatio of all operations, without a phase (e.g. "all errorRatio < 10%")',
    ],
    [
      'two lingers',
      withText('protocol: rest', 'protocol: stream, linger: 5ms, batch: { linger: 9ms }'),
      '10:51: targets.rest.batch.linger: is another one than linger (5ms): leave one of them out',
    ],
    [
      'instances that another engine cannot reach',
      withText('protocol: rest', 'protocol: rest, instances: 2, engine: autocannon'),
      '10:27: targets.rest.instances: is for the native engine; autocannon dials one address',
    ],
    [
      'more instances than connections',
      withText('protocol: rest', 'protocol: grpc, instances: 3'),
      '10:27: targets.rest.instances: 2 connections cannot reach 3 instances; at least one each',
    ],
    [
      'idempotent producer with many requests under way',
      withText('protocol: rest', 'protocol: stream, idempotent: true, maxInFlight: 4'),
      '10:60: targets.rest.maxInFlight: must be 1 with idempotent: a batch sent again behind another would be out of sequence',
    ],
    [
      'reconnect that begins beyond its cap',
      withText('protocol: rest', 'protocol: rest, resilience: { reconnect: { base: 2s } }'),
      '10:52: targets.rest.resilience.reconnect: begins with a wait (2000ms) longer than its cap (1000ms)',
    ],
    [
      'codec of an own system',
      withText(
        '{ protocol: rest }',
        '{ protocol: rest, codec: msgpack, address: "http://127.0.0.1", requests: { getOrder: { method: GET, path: / }, placeOrder: { method: GET, path: / } } }',
      ),
      '10:27: targets.rest.codec: is for our reference service; what your own system gets stands in its requests',
    ],
    [
      'codec of an engine',
      withText('protocol: rest', 'protocol: rest, engine: autocannon, codec: msgpack'),
      '10:47: targets.rest.codec: is for the native engine; autocannon sends JSON',
    ],
    [
      'codec beside batches',
      withText('protocol: rest', 'protocol: websocket, codec: protobuf, batch: { maxMessages: 8 }'),
      '10:32: targets.rest.codec: cannot be protobuf beside batch: batches are JSON',
    ],
    [
      'codec that nobody has',
      withText('protocol: rest', 'protocol: stream, codec: avro'),
      '10:36: targets.rest.codec: "avro" is not one of json, msgpack, protobuf',
    ],
    [
      'codec of gRPC',
      withText('protocol: rest', 'protocol: grpc, codec: json'),
      '10:27: targets.rest.codec: unknown key (known here: protocol, connections, client, calls, batch, compression, engine, gateway, chain, push, via, store, service, instances, optional, address, tls, auth, watch, settled, events, subscribers, traceparent, resilience, proto, importPaths, protoset, reflection, authority, requests)',
    ],
    [
      'a stream’s linger beside a batch without',
      withText('protocol: rest', 'protocol: stream, linger: 5ms, batch: { maxMessages: 9, linger: 0ms }'),
      '10:67: targets.rest.batch.linger: is another one than linger (5ms): leave one of them out',
    ],
    [
      'streams of another client',
      withText('protocol: rest', 'protocol: grpc, calls: stream, client: grpc-js'),
      '10:27: targets.rest.calls: stream is for client: own; grpc-js makes unary calls',
    ],
    [
      'streams of an engine',
      withText('protocol: rest', 'protocol: grpc, calls: stream, engine: ghz'),
      '10:27: targets.rest.calls: stream is for the native engine; ghz makes unary calls',
    ],
    [
      'streams and batches',
      withText('protocol: rest', 'protocol: grpc, calls: stream, batch: { maxMessages: 8 }'),
      '10:27: targets.rest.calls: stream sends each operation as a message of its own, batch several in one: leave one of them out',
    ],
    [
      'streams of an own system',
      withText(
        '{ protocol: rest }',
        '{ protocol: grpc, calls: stream, address: "127.0.0.1:1", reflection: true, requests: { getOrder: { method: a.B/C }, placeOrder: { method: a.B/C } } }',
      ),
      '10:27: targets.rest.calls: stream is for our reference service; of your own system, methods with a single answer can be called',
    ],
    [
      'batch of another client',
      withText('protocol: rest', 'protocol: rest, client: undici, batch: { maxMessages: 10 }'),
      '10:43: targets.rest.batch: is for client: own; with undici each operation is a request',
    ],
    [
      'batch of an engine',
      withText('protocol: rest', 'protocol: grpc, engine: ghz, batch: { maxMessages: 10 }'),
      '10:40: targets.rest.batch: is for the native engine; ghz sends one by one',
    ],
    [
      'batch of an own system',
      withText(
        '{ protocol: rest }',
        '{ protocol: rest, batch: { maxMessages: 10 }, address: "http://127.0.0.1", requests: { getOrder: { method: GET, path: / }, placeOrder: { method: GET, path: / } } }',
      ),
      '10:27: targets.rest.batch: is for our reference service; a request of your own system may hold several things by itself',
    ],
    [
      'batch beyond all bounds',
      withText('protocol: rest', 'protocol: websocket, batch: { maxMessages: 100000 }'),
      '10:54: targets.rest.batch.maxMessages: must be at most 10000',
    ],
    [
      'header that compression sets',
      base.replace(
        '{ protocol: rest }',
        '{ protocol: rest, compression: gzip, address: "http://127.0.0.1", requests: { getOrder: { method: GET, path: /, headers: { Accept-Encoding: br } }, placeOrder: { method: GET, path: / } } }',
      ),
      '10:132: targets.rest.requests.getOrder.headers.Accept-Encoding: is what compression sets; leave one of them out',
    ],
    [
      'setting of another protocol’s compression',
      withText('protocol: rest', 'protocol: rest, compression: { codec: gzip, contextTakeover: false }'),
      '10:55: targets.rest.compression.contextTakeover: unknown key (known here: codec, level, minBytes)',
    ],
    [
      'smallest body of record batches',
      withText('protocol: rest', 'protocol: stream, compression: { codec: gzip, minBytes: 256B }'),
      '10:57: targets.rest.compression.minBytes: unknown key (known here: codec, level)',
    ],
    [
      'smallest body below nothing',
      withText('protocol: rest', 'protocol: rest, compression: { codec: gzip, minBytes: -1B }'),
      '10:65: targets.rest.compression.minBytes: must not be negative',
    ],
    [
      'smallest body beyond all payloads',
      withText('protocol: rest', 'protocol: rest, compression: { codec: gzip, minBytes: 17MiB }'),
      '10:65: targets.rest.compression.minBytes: must be at most 16MiB',
    ],
    [
      'smallest body without a unit',
      withText('protocol: rest', 'protocol: rest, compression: { codec: gzip, minBytes: 256 }'),
      '10:65: targets.rest.compression.minBytes: 256 needs a unit, e.g. 1KiB',
    ],
    [
      'codec that only another protocol has',
      withText('protocol: rest', 'protocol: queue, compression: snappy'),
      '10:41: targets.rest.compression: "snappy" is not one of none, gzip, zstd',
    ],
    [
      'codec misspelt',
      withText('protocol: rest', 'protocol: stream, compression: { codec: zsdt }'),
      '10:51: targets.rest.compression.codec: "zsdt" is not one of gzip, snappy, lz4, zstd (did you mean zstd?)',
    ],
    [
      'level beyond those of the codec',
      withText('protocol: rest', 'protocol: stream, compression: { codec: gzip, level: 12 }'),
      '10:64: targets.rest.compression.level: 12 is no level of gzip: it has 1 to 9',
    ],
    [
      'level of gRPC',
      withText('protocol: rest', 'protocol: grpc, compression: { codec: gzip, level: 3 }'),
      '10:55: targets.rest.compression.level: cannot be set for gRPC: grpc-js, which our service is built on, takes none; leave it out',
    ],
    [
      'level of a codec without',
      withText('protocol: rest', 'protocol: stream, compression: { codec: lz4, level: 3 }'),
      '10:56: targets.rest.compression.level: lz4 has no levels; leave it out',
    ],
    ['no entries', withText('  rest: { protocol: rest }', '  {}'), '10:3: targets: needs at least one entry'],
    [
      'name of a folder',
      withText('name: trial', 'name: ../x'),
      '1:7: name: "../x" must consist of letters, digits, . - or _ (100 at most): it names folders',
    ],
    // references
    [
      'unknown payload',
      withText('payload: order', 'payload: ordr'),
      '4:58: workload.operations.placeOrder.payload: there is no payload "ordr" (did you mean order?)',
    ],
    [
      'unknown operation',
      withText('getOrder', 'getOrdr'),
      '5:5: workload.operations.getOrdr: the reference service of target rest does not know this operation (did you mean getOrder?)',
    ],
    [
      'one-way read',
      withText('weight: 40', 'pattern: one-way'),
      '5:26: workload.operations.getOrder.pattern: getOrder asks for an answer, so it cannot be one-way; placeOrder, updateOrder, cancelOrder, payOrder can',
    ],
    [
      'two kinds of payload',
      withText('size: 1KiB', 'size: 1KiB, template: x'),
      '7:5: workload.payloads.order: has size and template; only one of them can be',
    ],
    [
      'no kind of payload',
      withText('size: 1KiB', ''),
      '7:5: workload.payloads.order: needs one of size, template, file',
    ],
    [
      'entropy alone',
      withText('size: 1KiB', 'template: x, entropy: 0.5'),
      '7:27: workload.payloads.order.entropy: only means something beside size',
    ],
    [
      'template with values',
      withText('size: 1KiB', 'template: "x {{id}}"'),
      '7:27: workload.payloads.order.template: is sent as it is: values of the operation ({{id}} and others) belong into the request',
    ],
    [
      'payload file',
      withText('size: 1KiB', 'file: nope.json'),
      '7:20: workload.payloads.order.file: "nope.json" does not exist (paths are relative to the scenario file)',
    ],
    [
      'waiting without concurrency',
      base.replace('  payloads:', '  service: { waiting: 10 }\n  payloads:'),
      '6:14: workload.service.waiting: only means something beside concurrency: without it nothing waits',
    ],
    ['target named all', withText('  rest:', '  all:'), '10:3: targets.all: all stands for every target in thresholds'],
    [
      'timeout beyond the deadline',
      `${base}resilience: { deadline: 1s, timeout: 2s }\n`,
      '11:38: resilience.timeout: is longer than the deadline (1000ms) of the whole operation',
    ],
    [
      'base beyond the cap',
      `${base}resilience: { retry: { base: 2s } }\n`,
      '11:30: resilience.retry.base: is longer than the cap (1000ms)',
    ],
    [
      'timeout of a target beyond the deadline of the scenario',
      base.replace('protocol: rest', 'protocol: rest, resilience: { timeout: 3s }'),
      '10:50: targets.rest.resilience.timeout: is longer than the deadline (2000ms) of the whole operation',
    ],
    [
      'cap of a target below the base of the scenario',
      `${base.replace('protocol: rest', 'protocol: rest, resilience: { retry: { cap: 20ms } }')}resilience: { retry: { base: 30ms } }\n`,
      '10:55: targets.rest.resilience.retry.cap: is shorter than the base (30ms)',
    ],
    [
      'fewer attempts at once than load threads',
      `${base.replace('rate: 500/s', 'rate: 500/s, threads: 2')}resilience: { limit: { maxConcurrent: 1 } }\n`,
      '11:39: resilience.limit.maxConcurrent: 1 cannot be shared by 2 load threads; at least one each',
    ],
    [
      'a retry budget without retries',
      `${base}resilience: { retry: { budget: { ratio: 0.2 } } }\n`,
      '11:24: resilience.retry.budget: has nothing to bound: retry.attempts is 1, so that nothing is tried again',
    ],
    [
      'a retry budget of a target without retries',
      base.replace('protocol: rest', 'protocol: rest, resilience: { retry: { budget: {} } }'),
      '10:50: targets.rest.resilience.retry.budget: has nothing to bound: retry.attempts is 1, so that nothing is tried again',
    ],
    [
      'a circuit breaker of another engine',
      base.replace('protocol: rest', 'protocol: rest, engine: autocannon, resilience: { timeout: 1s, breaker: {} }'),
      '10:74: targets.rest.resilience.breaker: is for the native engine; autocannon makes one attempt for each operation',
    ],
    // conditions
    [
      'unknown fault',
      `${base}conditions: { bad: [ { at: 0%, for: 5%, fault: latncy } ] }\n`,
      '11:48: conditions.bad[0].fault: "latncy" is not one of latency, down, bandwidth, slow_close, timeout, reset_peer, slicer, limit_data, pause, kill, slow-service, failing-service, retire, pause-consumers, leave, join, rebuild, slow-subscriber (did you mean latency?)',
    ],
    [
      'end after the load',
      `${base}conditions: { bad: [ { at: 10s, for: 6s, fault: down } ] }\n`,
      '11:38: conditions.bad[0].for: the fault ends at 16000ms, but the load takes 15000ms',
    ],
    [
      'begin after the load',
      `${base}conditions: { bad: [ { at: 20s, for: 6s, fault: down } ] }\n`,
      '11:28: conditions.bad[0].at: the fault begins at 20000ms, but the load takes 15000ms',
    ],
    [
      'shares beyond all',
      `${base}conditions: { bad: [ { at: 60%, for: 50%, fault: down } ] }\n`,
      '11:38: conditions.bad[0].for: the fault ends at 110% of the load',
    ],
    [
      'share beyond all',
      `${base}conditions: { bad: [ { at: 0%, for: 150%, fault: down } ] }\n`,
      '11:37: conditions.bad[0].for: must be at most 100%',
    ],
    [
      'no length',
      `${base}conditions: { bad: [ { at: 10%, for: 0s, fault: down } ] }\n`,
      '11:38: conditions.bad[0].for: must be more than nothing',
    ],
    [
      'part of a millisecond',
      `${base}conditions: { bad: [ { at: 1s, for: 1s, fault: latency, latency: 1500us } ] }\n`,
      '11:66: conditions.bad[0].latency: Toxiproxy counts in whole milliseconds',
    ],
    [
      'jitter',
      `${base}conditions: { bad: [ { at: 1s, for: 1s, fault: latency, latency: 5ms, jitter: 6ms } ] }\n`,
      '11:79: conditions.bad[0].jitter: is larger than the latency itself',
    ],
    [
      'overlap',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, fault: down }, { at: 2s, for: 2s, fault: down, link: both } ] }\n`,
      '11:62: conditions.bad[1].at: overlaps with the down fault before it (number 1) on the same link',
    ],
    [
      'condition named like a phase',
      `${base}conditions: { during: [] }\n`,
      '11:15: conditions.during: is the name of a phase; thresholds could not tell them apart',
    ],
    [
      'service link',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, fault: down, link: service } ] }\n`,
      '11:60: conditions.bad[0].link: rest has no service link: only our services of queue and stream have a connection to a broker of their own (link: both acts on those links that a target has)',
    ],
    [
      'fault without a proxy',
      `${withText('protocol: rest', 'protocol: rest, via: direct')}conditions: { bad: [ { at: 1s, for: 2s, fault: down } ] }\n`,
      '11:48: conditions.bad[0].fault: cannot act on rest: with via: direct there is no proxy in between',
    ],
    [
      'bandwidth in half kilobytes',
      `${base}conditions: { bad: [ { at: 1s, for: 1s, fault: bandwidth, rate: 1500B/s } ] }\n`,
      '11:65: conditions.bad[0].rate: Toxiproxy counts in whole kB/s (1000 bytes a second)',
    ],
    [
      'pieces of nothing',
      `${base}conditions: { bad: [ { at: 1s, for: 1s, fault: slicer, size: 10B, variation: 10B } ] }\n`,
      '11:78: conditions.bad[0].variation: must be less than the size itself',
    ],
    [
      'repetition within itself',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, every: 2s, fault: down } ] }\n`,
      '11:48: conditions.bad[0].every: must be longer than `for`: each window ends before the next begins',
    ],
    [
      'overlap of a repetition',
      `${base}conditions: { bad: [ { at: 1s, for: 1s, every: 3s, fault: down }, { at: 4500ms, for: 1s, fault: down } ] }\n`,
      '11:73: conditions.bad[1].at: overlaps with the down fault before it (number 1) on the same link',
    ],
    [
      'random moment that may be too late',
      `${base}conditions: { bad: [ { at: 5s, within: 10s, for: 1s, fault: down } ] }\n`,
      '11:50: conditions.bad[0].for: the fault ends at 16000ms at the latest, but the load takes 15000ms',
    ],
    [
      'random moments again and again',
      `${base}conditions: { bad: [ { at: 1s, within: 1s, for: 1s, every: 3s, fault: down } ] }\n`,
      '11:40: conditions.bad[0].within: is for a fault that comes once, without every',
    ],
    [
      'ramp longer than its fault',
      `${base}conditions: { bad: [ { at: 1s, for: 1s, ramp: 2s, fault: latency, latency: 9ms } ] }\n`,
      '11:47: conditions.bad[0].ramp: takes longer than the fault itself',
    ],
    [
      'two faults of one process',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, fault: pause, part: service }, { at: 2s, for: 2s, fault: kill, part: service } ] }\n`,
      '11:78: conditions.bad[1].at: overlaps with the pause fault before it (number 1) on the same part',
    ],
    [
      'broker where there is none',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, fault: pause, part: broker } ] }\n`,
      '11:61: conditions.bad[0].part: rest has no broker',
    ],
    [
      'killing the proxy where a target goes round it',
      `${withText('protocol: rest', 'protocol: rest, via: direct')}conditions: { bad: [ { at: 1s, for: 2s, fault: kill, part: toxiproxy } ] }\n`,
      '11:60: conditions.bad[0].part: there is no Toxiproxy in front of rest (via: direct)',
    ],
    [
      'part that no target has',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, fault: kill, part: servise } ] }\n`,
      '11:60: conditions.bad[0].part: no target has a part servise (did you mean service?)',
    ],
    [
      'link that no target has',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, fault: down, link: orders-payment } ] }\n`,
      '11:60: conditions.bad[0].link: no target has a link orders-payment (there is client, service, both, subscribers)',
    ],
    [
      'condition that nobody can play',
      `${withText('  rest: { protocol: rest }', '  rest: { protocol: rest }\n  queue: { protocol: queue, via: direct }')}conditions: { bad: [ { at: 1s, for: 2s, fault: down }, { at: 4s, for: 2s, fault: kill, part: broker } ] }\n`,
      '12:15: conditions.bad: every target lacks something that one of its faults acts on',
    ],
    [
      'threshold of a target that sits out',
      `${withText('  rest: { protocol: rest }', '  rest: { protocol: rest }\n  queue: { protocol: queue }')}conditions: { gone: [ { at: 1s, for: 2s, fault: kill, part: broker } ] }\nthresholds: [ "all lost == 0 in gone", "rest lost == 0 in gone" ]\n`,
      '13:40: thresholds[1]: rest sits out gone: it has no broker',
    ],
    [
      'kill without a time',
      `${base}conditions: { bad: [ { for: 2s, fault: kill, part: service } ] }\n`,
      '11:40: conditions.bad[0].fault: needs at, or when',
    ],
    [
      'kill at a moment that is two',
      `${base}conditions: { bad: [ { for: 2s, fault: kill, part: service, when: { after: applied, before: reply, operation: 3 } } ] }\n`,
      '11:67: conditions.bad[0].when: needs one of after and before: nothing is both after applied and before reply',
    ],
    [
      'kill at a moment and a time',
      `${base}conditions: { bad: [ { at: 1s, for: 2s, fault: kill, part: service, when: { after: applied, everyNth: 3 } } ] }\n`,
      '11:28: conditions.bad[0].at: does not go with when',
    ],
    [
      'kill of the proxy at a moment of the service',
      `${base}conditions: { bad: [ { for: 2s, fault: kill, part: toxiproxy, when: { after: applied, operation: 3 } } ] }\n`,
      '11:69: conditions.bad[0].when: is for services',
    ],
    [
      'kill before an acknowledgement that nobody gives',
      `${base}conditions: { bad: [ { for: 2s, fault: kill, part: service, when: { before: ack, operation: 3 } } ] }\n`,
      '11:67: conditions.bad[0].when: rest has no broker to acknowledge to',
    ],
    // thresholds and the primary figure
    [
      'threshold grammar',
      `${base}thresholds: [ "all lost = 0" ]\n`,
      '11:25: thresholds[0]: "=" is not one of < <= > >= == != (did you mean ==?)',
    ],
    [
      'threshold on its own line',
      `${base}thresholds:\n  - rest p99 < 100\n`,
      '12:16: thresholds[0]: "100" needs a unit, e.g. 5s',
    ],
    [
      'threshold on an unknown target',
      `${base}thresholds: [ "rset p99 < 1s" ]\n`,
      '11:16: thresholds[0]: there is no target "rset" (did you mean rest?)',
    ],
    [
      'threshold in an unknown condition',
      `${base}thresholds: [ "rest p99 < 1s in clam" ]\n`,
      '11:33: thresholds[0]: there is no phase or condition "clam" (did you mean calm?)',
    ],
    [
      'threshold on an unknown operation',
      `${base}thresholds: [ "rest placeOrdr p99 < 1s" ]\n`,
      '11:21: thresholds[0]: there is no operation "placeOrdr" (did you mean placeOrder?)',
    ],
    [
      'threshold in a phase that is not there',
      `${base}thresholds: [ "rest p99 < 1s in calm during" ]\n`,
      '11:38: thresholds[0]: calm has no phase during',
    ],
    [
      'threshold in a phase of no condition',
      `${base}thresholds: [ "rest p99 < 1s in during" ]\n`,
      '11:33: thresholds[0]: no condition has a phase during',
    ],
    [
      'delivery of all where all is answered',
      `${withText('one-way', 'request-reply')}thresholds: [ "rest delivered p99 < 1s" ]\n`,
      '11:21: thresholds[0]: no operation is one-way or publish, so delivered is not a time of them all; name the operation that is meant',
    ],
    [
      'primary operation',
      `${base}primary: { operation: placOrder, metric: p99, condition: calm }\n`,
      '11:23: primary.operation: there is no operation "placOrder" (did you mean placeOrder?)',
    ],
    [
      'primary metric',
      `${base}primary: { operation: placeOrder, metric: lost, condition: calm }\n`,
      '11:43: primary.metric: "lost" is not a latency with its percentile, e.g. delivered p99',
    ],
    [
      'primary condition',
      `${base}primary: { operation: placeOrder, metric: p99, condition: clam }\n`,
      '11:59: primary.condition: there is no condition "clam" (did you mean calm?)',
    ],
    [
      'primary phase',
      `${base}primary: { operation: placeOrder, metric: p99, condition: calm, phase: during }\n`,
      '11:72: primary.phase: calm has no phase during (there is warmup, steady, drain)',
    ],
    [
      'colliding trials',
      `${withText('  rest: { protocol: rest }', '  a: { protocol: rest }\n  a-b: { protocol: rest }')}conditions: { b-c: [], c: [] }\n`,
      '12:24: conditions.c: its trials with target a-b would be named like those of target a in b-c; rename one of them',
    ],
    // load
    ...(
      [
        ['no stages', 'stages: []', '30: load.stages: must have at least 1 entry'],
        [
          'a rate beside stages',
          'rate: 1/s, stages: [{ for: 1s, rate: 2/s }]',
          '28: load.rate: stages say the rate themselves; leave it out, or the stages',
        ],
        [
          'a length beside stages',
          'duration: 9s, stages: [{ for: 1s, rate: 2/s }]',
          '32: load.duration: the stages say how long they take; leave it out, or the stages',
        ],
        [
          'both step and ramp',
          'stages: [{ for: 1s, rate: 2/s, to: 3/s }]',
          '31: load.stages[0]: is a step (rate) or a ramp (from, to), not both',
        ],
        [
          'neither step nor ramp',
          'stages: [{ for: 1s, rate: 2/s }, { for: 1s }]',
          '55: load.stages[1]: needs a rate, or the rate it leads to (to)',
        ],
        [
          'a first ramp from nowhere',
          'stages: [{ for: 1s, to: 3/s }]',
          '31: load.stages[0]: the first ramp has nothing before it: say from which rate (from)',
        ],
        [
          'a ramp that leads nowhere',
          'stages: [{ for: 1s, from: 3/s }]',
          '31: load.stages[0]: needs a rate, or the rate it leads to (to)',
        ],
        [
          'stages without arrivals',
          'stages: [{ for: 1s, from: 0/s, to: 0/s }]',
          '30: load.stages: never rise above nothing',
        ],
        [
          'max without objectives',
          'rate: max',
          '28: load.rate: max needs search, with what is to hold at the rate (e.g. search: { slo: ["p99 < 50ms"] })',
        ],
        [
          'objectives for a given rate',
          'rate: 9/s, search: { slo: ["p99 < 9ms"] }',
          '33: load.search: is for rate: max; without it the rate is given',
        ],
        [
          'an objective with a target',
          'rate: max, search: { slo: ["rest p99 < 9ms"], from: 900/s }',
          '50: load.search.slo[0]: there is no operation "rest" (there is placeOrder, getOrder)',
        ],
        [
          'an objective that a trial is too short for',
          'duration: 5s, rate: max, search: { slo: ["p99 < 9ms"] }',
          '63: load.search.slo[0]: at the lowest rate a trial has about 500 of the 1000 operations that p99 takes; search from a higher rate, or longer',
        ],
        [
          'a search downwards',
          'rate: max, search: { slo: ["p99 < 9ms"], from: 900/s, to: 800/s }',
          '80: load.search.to: must be above from (900/s)',
        ],
        [
          'a recording that is not there',
          'arrivals: { file: nope.csv }',
          '40: load.arrivals.file: "nope.csv" does not exist (paths are relative to the scenario file)',
        ],
        [
          'a recording of unknown unit',
          'arrivals: { file: nope.csv, unit: h }',
          '56: load.arrivals.unit: "h" is not one of us, ms, s (did you mean s?)',
        ],
      ] as const
    ).map(([name, load, expected]): [string, string, string] => [name, withText('rate: 500/s', load), `8:${expected}`]),
    [
      'stages for an engine',
      withText('rate: 500/s', 'stages: [{ for: 1s, rate: 2/s }]').replace(
        'protocol: rest',
        'protocol: rest, engine: autocannon',
      ),
      '10:35: targets.rest.engine: autocannon knows one rate only; stages, recorded arrivals and rate: max are for the native engine',
    ],
    [
      'more load threads than connections',
      withText('rate: 500/s', 'rate: 500/s, threads: 4').replace('protocol: rest', 'protocol: rest, connections: 3'),
      '10:40: targets.rest.connections: 3 cannot be shared by 4 load threads; at least one each',
    ],
    // environment
    [
      'unset variable',
      withText('500/s', `"\${WB_RATE}"`),
      '8:29: load.rate: the environment variable WB_RATE is not set',
    ],
    [
      'half a variable',
      `${base}question: what is "\${x\n`,
      '11:20: question: has a ${ without a name and its closing brace; write $${ for a plain one',
    ],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual([`dir/s.yaml:${expected}`]);
  });

  it('refuses an operation that is named like a word of the thresholds', () => {
    const requests = '{ lost: { method: GET, path: / }, placeOrder: { method: GET, path: / } }';
    const own = `{ protocol: rest, address: "http://127.0.0.1:1", requests: ${requests} }`;
    expect(problemsOf(withText('getOrder', 'lost').replace('{ protocol: rest }', own))).toEqual([
      'dir/s.yaml:5:5: workload.operations.lost: is a word of the thresholds; call the operation otherwise',
    ]);
  });

  it('refuses delivery settings that would mean nothing', () => {
    const own =
      'ack: manual, address: "amqp://127.0.0.1:1", requests: { placeOrder: { exchange: "", routingKey: a, body: "" }, getOrder: { exchange: "", routingKey: a, body: "" } }';
    const ownStream =
      'address: "127.0.0.1:1", requests: { placeOrder: { topic: a, value: "" }, getOrder: { topic: a, value: "" } }';
    const text = [
      withText('rest: { protocol: rest }', 'auto: { protocol: queue, ack: auto, prefetch: 10 }'),
      `  own: { protocol: queue, ${own} }\n`,
      `  other: { protocol: stream, commit: before, ${ownStream} }\n`,
      '  odd: { protocol: stream, commit: never }\n',
      '  twice: { protocol: stream, idempotent: true, acks: 1, client: kafkajs }\n',
      '  gone: { protocol: queue, ack: auto, onRefusal: requeue }\n',
      '  aside: { protocol: stream, deadLetter: { topic: dead } }\n',
      `  foreign: { protocol: stream, onRefusal: drop, ${ownStream} }\n`,
      `  many: { protocol: stream, instances: 2, ${ownStream} }\n`,
    ];
    expect(problemsOf(text.join(''))).toEqual([
      'dir/s.yaml:10:39: targets.auto.prefetch: bounds what is not yet acknowledged; with ack: auto nothing is',
      'dir/s.yaml:11:27: targets.own.ack: is for our reference service; your own system settles it for itself',
      'dir/s.yaml:12:30: targets.other.commit: is for our reference service; your own system settles it for itself',
      'dir/s.yaml:13:36: targets.odd.commit: "never" is not one of after, before, transaction',
      'dir/s.yaml:14:30: targets.twice.idempotent: needs acks: all: only then the broker says what it has',
      'dir/s.yaml:14:30: targets.twice.idempotent: is for client: platformatic; kafkajs takes its own retries for measured attempts',
      'dir/s.yaml:15:39: targets.gone.onRefusal: with ack: auto the broker has forgotten a message by then; it can only be drop',
      'dir/s.yaml:16:30: targets.aside.deadLetter: needs onRefusal: deadLetter',
      'dir/s.yaml:17:32: targets.foreign.onRefusal: is for our reference service; your own system settles it for itself',
      'dir/s.yaml:18:29: targets.many.instances: is of our own services; name the servers of your own in its address',
    ]);
  });

  it('tells all problems at once, in the order of the file', () => {
    const text = [
      'name: many',
      'workload:',
      '  operations:',
      '    placeOrder: { wieght: 60, payload: ordr }',
      '  payloads: { order: { size: 1 } }',
      'load: { model: open, rate: 500, duration: 10s }',
      'targets:',
      '  rest: { protocol: rest, connections: many }',
      'conditions:',
      '  bad: [ { at: 5, for: 1s, fault: down }, { at: 9s, for: 2s, fault: down, link: service } ]',
      'thresholds: [ 5, "rst p99 < 1s", "all lots == 0" ]',
    ].join('\n');
    expect(problemsOf(text)).toMatchInlineSnapshot(`
      [
        "dir/s.yaml:4:19: workload.operations.placeOrder.wieght: unknown key (did you mean weight?)",
        "dir/s.yaml:4:40: workload.operations.placeOrder.payload: there is no payload "ordr" (did you mean order?)",
        "dir/s.yaml:5:30: workload.payloads.order.size: 1 needs a unit, e.g. 1KiB",
        "dir/s.yaml:6:28: load.rate: 500 needs a unit, e.g. 500/s, or max",
        "dir/s.yaml:8:40: targets.rest.connections: expected a number, not "many"",
        "dir/s.yaml:10:16: conditions.bad[0].at: 5 needs a unit, e.g. 5s or 33%",
        "dir/s.yaml:10:58: conditions.bad[1].for: the fault ends at 11000ms, but the load takes 10000ms",
        "dir/s.yaml:10:81: conditions.bad[1].link: rest has no service link: only our services of queue and stream have a connection to a broker of their own (link: both acts on those links that a target has)",
        "dir/s.yaml:11:15: thresholds[0]: expected a threshold, or { check, stopAfter }, not 5",
        "dir/s.yaml:11:19: thresholds[1]: there is no target "rst" (did you mean rest?)",
        "dir/s.yaml:11:39: thresholds[2]: "lots" is not a metric; use p50 p90 p99 p999 (also after delivered, acknowledged, …), errorRatio, degradedRatio, amplification, goodput, offered, ok, rejected, failed, timedOut, dropped, attempts, degraded, unanswered, lost, stateLost, received, applied, unacknowledgedButApplied, duplicatesReceived, duplicatesApplied, reordered, corrupted, acceptedOnly, acceptedOnlyGone, pendingInBroker, deadLettered, refusedUnheard, admittedUnauthorised, completed, compensated, refused, stuck, open, inconsistent, phantom, settledLate, bytesPerOperation, cpuPerOperation, highestBacklog, drainRate, redelivered, balance, serviceShare, gatewayAmplification, slowChains, slowChainsGap, generatorMemory, serviceMemory, requestsPerOperation, longestSilence, shortestSilence, partitionMoves, outputMissing, outputTwice, outputUncommitted, overcharged, publications, missed, missedInGaps, missedOutsideGaps, twice, outOfOrder, subscriptionGaps, subscriptionGap, cpuPerDelivery, bytesPerDelivery, deprecatedShare, toldDeprecated, retiredCalls, poisoned, poisonTold, poisonDeadLettered, poisonDropped, poisonRetrying, poisonLooping, poisonBlocked, poisonWaiting, poisonUnaccounted, goodWaiting, goodLost, goodApplied, standStill, longestWait, hitRatio, revalidations, originShare, staleReads, staleIllegal, stalest, readsBack, ownUnread, evicted, sameUnderNewTag, replayed, readyAfter, caughtUpAfter, liveP99, readsRefused or statesDiffer (did you mean lost?)",
      ]
    `);
  });
});
