import { describe, expect, it } from 'vitest';
import type { Target } from '../scenarios/scenario.ts';
import { guaranteeOf, guaranteeSettings } from './guarantee.ts';

const stack = { mode: 'native', versions: { rabbitmq: '3.10.8', kafka: '4.3.1' } } as const;
const queue = { protocol: 'queue', broker: 'rabbitmq', durable: true, confirms: true } as Target;
const whole = stack as unknown as Parameters<typeof guaranteeSettings>[1];
const stream = { protocol: 'stream', broker: 'kafka', acks: 'all', replicas: 1 } as Target;

describe('what an acknowledgement is worth', () => {
  it('is the memory of our service where no broker stands between', () => {
    expect(guaranteeOf({ protocol: 'rest' } as Target, null)).toBe('process memory');
  });

  it('is what was found of the broker’s version and the target’s settings', () => {
    expect(guaranteeOf(queue, stack)).toBe('broker’s disk (flushed)');
    expect(guaranteeOf({ ...queue, durable: false } as Target, stack)).toBe('process memory');
    expect(guaranteeOf({ ...queue, confirms: false } as Target, stack)).toBe('process memory');
    expect(guaranteeOf({ ...stream, replicas: 3 } as Target, stack)).toBe('replicated');
    expect(guaranteeOf({ ...stream, replicas: 3, acks: 1 } as Target, stack)).toBe('broker’s page cache');
  });

  it('is for `acks: all` on one replica what it is: one broker’s page cache', () => {
    expect(guaranteeOf(stream, stack)).toBe('broker’s page cache');
  });

  it('is for a reply of a service whose state is a log what that log is worth, whatever was handed over', () => {
    const replies = (target: object) =>
      guaranteeSettings({ ...target, state: 'log' } as Target, whole)['guarantee of replies'];
    expect(replies(queue)).toBe('broker’s page cache');
    expect(replies({ ...stream, acks: 0 })).toBe('broker’s page cache');
    expect(replies({ ...stream, replicas: 3 })).toBe('replicated');
    expect(guaranteeSettings(queue, whole)['guarantee of replies']).toBe('process memory');
  });

  it('is not known of systems and brokers that we did not start, nor of versions that nobody watched', () => {
    expect(guaranteeOf({ ...queue, address: 'amqp://127.0.0.1' } as Target, stack)).toBeNull();
    expect(guaranteeOf({ protocol: 'rest', address: 'http://127.0.0.1' } as Target, stack)).toBeNull();
    expect(guaranteeOf(queue, { ...stack, mode: 'external' })).toBeNull();
    expect(guaranteeOf(queue, { ...stack, versions: { rabbitmq: '4.1.0' } })).toBeNull();
    expect(guaranteeOf(stream, null)).toBeNull();
  });
});
