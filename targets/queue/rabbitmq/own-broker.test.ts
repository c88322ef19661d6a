import { expect, it } from 'vitest';
import { brokerAddress } from './own-broker.ts';

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
  expect(found).toMatchObject({ url, user: 'me' });
  expect(said(found)).toBe('\0me\0word');
});

it('takes user, password and virtual host from keys, whatever characters they have', () => {
  const keys = { user: 'jürgen', password: 'p@ss:w/ö%rd', vhost: 'a/b' };
  const found = brokerAddress({ address: 'amqp://broker', ...keys }, dialled);
  expect(found.url).toBe('amqp://127.0.0.1:9000/a%2Fb');
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
