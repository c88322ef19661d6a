import { describe, expect, it } from 'vitest';
import { supportKnownOf, supportOf, supportOfParts } from './broker-support.ts';

describe('support of a broker’s version', () => {
  it.each([
    ['rabbitmq', '3.10.8', 'out of community support since July 2023'],
    ['rabbitmq', '4.2.5', `in community support as of ${supportKnownOf}`],
    ['rabbitmq', '3.8.2', 'out of community support'],
    ['rabbitmq', '4.9.0', `support not known as of ${supportKnownOf}`],
    ['rabbitmq', '5.0.1', `support not known as of ${supportKnownOf}`],
    ['kafka', '4.3.1', `in community support as of ${supportKnownOf}`],
    ['kafka', '3.9.1', 'out of community support'],
    ['kafka', 'unknown', `support not known as of ${supportKnownOf}`],
  ] as const)('%s %s: %s', (broker, version, expected) => {
    expect(supportOf(broker, version)).toBe(expected);
  });

  it('names whose package a native RabbitMQ is, and leaves out what is not there', () => {
    const support = supportOfParts({ mode: 'native', versions: { toxiproxy: '2.12.0', rabbitmq: '3.10.8' } });
    expect(Object.keys(support)).toEqual(['rabbitmq']);
    expect(support.rabbitmq).toMatch(/^.+’s, out of community support since July 2023$/);
    expect(supportOfParts({ mode: 'compose', versions: { rabbitmq: '3.10.25' } })).toEqual({
      rabbitmq: 'out of community support since July 2023',
    });
  });
});
