import { expect, it } from 'vitest';
import type { QueueTarget } from '../../../scenarios/scenario.ts';
import { brokerAddress, refusalOf } from './own-broker.ts';

const dialled = '127.0.0.1:9000';
const said = ({ options }: ReturnType<typeof brokerAddress>) => {
  const { credentials } = options as { credentials: { response(): Buffer } };
  return credentials.response().toString();
};

it.each([
  ['amqp://me:word@broker:5672/shop', 'amqp://127.0.0.1:9000/shop'],
  ['AMQP://me:word@broker:5672/shop', 'amqp://127.0.0.1:9000/shop'],
  ['AmqpS://me:word@broker/shop', 'amqps://127.0.0.1:9000/shop'],
])('%s keeps its user, password and virtual host where it is dialled', (address, url) => {
  const found = brokerAddress({ address }, dialled);
  expect(found).toMatchObject({ urls: [url], user: 'me' });
  expect(said(found)).toBe('\0me\0word');
});

it('takes user, password and virtual host from keys, whatever characters they have', () => {
  const keys = { user: 'jürgen', password: 'p@ss:w/ö%rd', vhost: 'a/b' };
  const found = brokerAddress({ address: 'amqp://broker', ...keys }, dialled);
  expect(found.urls).toEqual(['amqp://127.0.0.1:9000/a%2Fb']);
  expect(said(found)).toBe('\0jürgen\0p@ss:w/ö%rd');
});

it('of a secured broker the certificate must name the broker, or whom the scenario says', () => {
  const { options } = brokerAddress({ address: 'amqps://broker' }, dialled);
  expect(options).toMatchObject({ servername: 'broker', rejectUnauthorized: true });
  const tls = { serverName: 'other', verify: false };
  expect(brokerAddress({ address: 'amqps://broker', tls }, dialled).options).toMatchObject({
    servername: 'other',
    rejectUnauthorized: false,
  });
});

it.each([
  [
    'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile."',
    'it refuses user clerk: not known, or the wrong password',
  ],
  [
    'Expected ConnectionOpenOk; got <ConnectionClose channel:0>',
    'it does not open virtual host a/b for user clerk: not there, or not for that user (its log says which)',
  ],
  [
    `Operation failed: QueueDeclare; 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - access to queue 'own' in vhost 'a/b' refused for user 'clerk'"`,
    'user clerk has no right for queue own',
  ],
  [
    `Operation failed: QueueDeclare; 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - configure access to queue 'own' in vhost 'a/b' refused for user 'clerk'"`,
    'user clerk has no configure right for queue own',
  ],
  ['connect ECONNREFUSED 127.0.0.1:5672', null],
])('what amqplib makes of a refusal, %s, is told in plain words', (said, words) => {
  const target = { address: 'amqp://broker', user: 'clerk', password: 'secret', vhost: 'a/b' };
  expect(refusalOf(said, target as QueueTarget)).toBe(words);
});
