import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario } from './parse-scenario.ts';

const fixtures = join(import.meta.dirname, '../../targets/fixtures/tls');

function parse(target: string, env: Record<string, string> = {}) {
  const load = 'workload: { operations: { ping: { does: getOrder } } }\nload: { model: open, rate: 1/s }';
  return parseScenario(`name: own\n${load}\ntargets: { t: ${target} }\n`, { path: join(fixtures, 's.yaml'), env });
}

function messagesOf(target: string): string[] {
  const reading = parse(target);
  if (reading.ok) return [];
  return reading.problems.map(
    ({ path, message, suggestion }) => `${path}: ${message}${suggestion ? ` (${suggestion})` : ''}`,
  );
}

const rest = (tls: string, address = 'https://localhost') =>
  `{ protocol: rest, address: "${address}", ${tls} requests: { ping: { method: GET, path: / } } }`;
const queue = (keys: string, address = 'amqps://localhost') =>
  `{ protocol: queue, address: "${address}", ${keys} requests: { ping: { routingKey: jobs, body: x } } }`;
const stream = (keys: string) =>
  `{ protocol: stream, address: "localhost:9093", ${keys} requests: { ping: { topic: orders, value: x } } }`;
const word = '"$' + '{WORD}"';
const pair = 'cert: client.pem, key: client-key.pem';

describe('tls of an own system', () => {
  it('has absolute files, and verifies unless it is told not to', () => {
    const reading = parse(rest(`tls: { ca: authority.pem, ${pair} },`));
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    expect(reading.scenario.targets.t?.tls).toEqual({
      ca: join(fixtures, 'authority.pem'),
      cert: join(fixtures, 'client.pem'),
      key: join(fixtures, 'client-key.pem'),
      verify: true,
    });
  });

  it.each([
    [
      'with an address in clear',
      rest('tls: {},', 'http://localhost'),
      'tls: the address says http://, which is in clear (write https:// in the address)',
    ],
    ['with a certificate alone', rest('tls: { cert: client.pem },'), 'tls.cert: needs key beside it'],
    ['with a key alone', rest('tls: { key: client-key.pem },'), 'tls.key: needs cert beside it'],
    [
      'with a file that is not there',
      rest('tls: { ca: none.pem },'),
      'tls.ca: "none.pem" does not exist (paths are relative to the scenario file)',
    ],
    [
      'with a key in place of a certificate',
      rest('tls: { ca: client-key.pem },'),
      'tls.ca: "client-key.pem" holds no certificate in PEM form',
    ],
    [
      'with the key of another certificate',
      rest('tls: { cert: client.pem, key: localhost-key.pem },'),
      'tls.key: "localhost-key.pem" is not the key of the certificate',
    ],
    [
      'of a reference target',
      '{ protocol: rest, tls: {} }',
      'tls: of our own service is none, server or mutual; files are for an own system',
    ],
  ])('is refused %s', (_case, target, message) => {
    expect(messagesOf(target)).toEqual([`targets.t.${message}`]);
  });
});

describe('credentials of an own broker', () => {
  it.each([
    ['a user twice', queue('user: a, password: b,', 'amqp://c:d@localhost'), ['user', 'password']],
    ['a virtual host twice', queue('vhost: shop,', 'amqp://localhost/other'), ['vhost']],
  ])('%s is refused', (_case, target, keys) => {
    const message = 'is in the address already; only one of them can be';
    expect(messagesOf(target)).toEqual(keys.map((key) => `targets.t.${key}: ${message}`));
  });

  it.each([
    ['a password of nobody', queue('password: a,'), 'targets.t.password: needs user beside it'],
    [
      'an unknown mechanism',
      stream('sasl: { mechanism: scram, username: a, password: b },'),
      'targets.t.sasl.mechanism: "scram" is not one of plain, scram-sha-256, scram-sha-512, oauthbearer',
    ],
    [
      'a login without a password',
      stream('sasl: { mechanism: plain, username: a },'),
      'targets.t.sasl: password is missing',
    ],
  ])('%s is refused', (_case, target, message) => {
    expect(messagesOf(target)).toEqual([message]);
  });

  it.each([
    ['password', queue(`user: me, password: ${word},`)],
    ['sasl', stream(`sasl: { mechanism: plain, username: me, password: ${word} },`)],
  ])('%s from the environment is never written down', (_key, target) => {
    const reading = parse(target, { WORD: 'hunter2hunter2' });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    expect(JSON.stringify(reading.scenario.targets)).toContain('hunter2hunter2');
    expect(JSON.stringify(reading.redactPlan(reading.scenario))).not.toContain('hunter2');
  });
});
