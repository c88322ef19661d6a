import { expect, it } from 'vitest';
import { brokerUrl } from './own-broker.ts';

it.each([
  ['amqp://me:word@broker:5672/shop', 'amqp://me:word@127.0.0.1:9000/shop'],
  ['AMQP://me:word@broker:5672/shop', 'amqp://me:word@127.0.0.1:9000/shop'],
  ['AmqpS://me:word@broker/shop', 'amqps://me:word@127.0.0.1:9000/shop'],
])('%s keeps its user, password and virtual host where it is dialled', (named, url) => {
  expect(brokerUrl(named, '127.0.0.1:9000')).toEqual({ url, hostname: 'broker' });
});
