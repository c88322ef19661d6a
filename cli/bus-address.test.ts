import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { joinOf, listenOf, natsOf } from './bus-address.ts';

const usage = (message: RegExp) => expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) });
const problemOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

it.each([
  ['tls://nats.company:4333', 'tls://nats.company:4333', 'nats.company'],
  ['tls://nats.company/', 'tls://nats.company:4222', 'nats.company'],
  ['nats://[::1]', 'nats://[::1]:4222', '::1'],
])('--nats %s is %s', (text, url, host) => {
  expect(natsOf(text)).toEqual({ url, host });
});

it.each(['', 'garbage', 'http://10.0.0.5:4222', 'tls://10.0.0.5:4222/run', 'tls://', 'tls://10.0.0.5?x'])(
  '--nats %j is none',
  (text) => {
    expect(problemOf(() => natsOf(text))).toEqual(usage(/is not of the form/));
  },
);

it('shows nobody the credentials that stand in an address', () => {
  expect(problemOf(() => natsOf('tls://me:secret@nats.company'))).toEqual(
    usage(/^--nats tls:\/\/…@nats.company is not/),
  );
  expect(problemOf(() => joinOf('tls://me:secret@nats.company:1/ab'))).toEqual(usage(/^(?!.*secret)/));
});

it('reads which run is joined, and where', () => {
  const place = { url: 'tls://[::1]:4222', host: '::1', run: '7f3a9c21' };
  expect(joinOf('tls://[::1]:4222/7f3a9c21')).toEqual(place);
  for (const text of [
    '',
    'x',
    'tls://h:1',
    'tls://h/ab',
    'tls://h:1/a.b',
    'tls://h:1/>',
    'tls://h:99999/ab',
    'tls://h:1/ab?x',
  ])
    expect(problemOf(() => joinOf(text))).toEqual(usage(/is not of the form tls/));
});

it('listens on an address of this host', async () => {
  expect(await listenOf()).toEqual({ host: '127.0.0.1', port: null });
  expect(await listenOf('127.0.0.2')).toEqual({ host: '127.0.0.2', port: null });
  for (const text of ['', '127.0.0.1:', '127.0.0.1:0', '127.0.0.1:99999', '127.0.0.1:22x', 'a b'])
    await expect(listenOf(text)).rejects.toEqual(usage(/is not of the form HOST/));
  await expect(listenOf('0.0.0.0')).rejects.toEqual(usage(/stands for all addresses/));
  await expect(listenOf('::')).rejects.toEqual(usage(/stands for all addresses/));
  await expect(listenOf('192.0.2.1')).rejects.toEqual(usage(/this host has no such address/)); // of documents alone
});

it('says so when somebody listens there', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  await expect(listenOf(`127.0.0.1:${port}`)).rejects.toEqual(usage(/EADDRINUSE/));
  taken.close();
});
