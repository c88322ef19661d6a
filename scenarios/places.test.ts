import { describe, expect, it } from 'vitest';
import { lackOf, linkNames, type PlacedTarget, type PlacedWindow, partNames, satOut } from './places.ts';

const rest: PlacedTarget = { protocol: 'rest', via: 'toxiproxy' };
const queue: PlacedTarget = { protocol: 'queue', via: 'toxiproxy' };
const stream: PlacedTarget = { protocol: 'stream', via: 'toxiproxy' };
const direct: PlacedTarget = { protocol: 'queue', via: 'direct' };
const own: PlacedTarget = { protocol: 'rest', via: 'toxiproxy', address: 'http://localhost:1' };

describe('the places of a target', () => {
  it('are what a run starts for it', () => {
    expect([partNames(rest), linkNames(rest)]).toEqual([
      ['service', 'toxiproxy'],
      ['client', 'subscribers'],
    ]);
    expect([partNames(queue), linkNames(queue)]).toEqual([
      ['service', 'broker', 'toxiproxy'],
      ['client', 'service', 'subscribers'],
    ]);
    const behind: PlacedTarget = { ...rest, gateway: { keys: 'url' } };
    expect([partNames(behind), linkNames(behind)]).toEqual([
      ['service', 'gateway', 'toxiproxy'],
      ['client', 'gateway-service', 'gateway-issuer'],
    ]);
    expect(linkNames({ ...rest, gateway: { keys: 'file' } })).toEqual(['client', 'gateway-service']);
    expect(partNames(direct)).toEqual(['service', 'broker']);
    expect([partNames(own), linkNames(own)]).toEqual([['toxiproxy'], ['client']]);
  });

  it.each<[PlacedTarget, PlacedWindow, string | null]>([
    [rest, { fault: 'down', link: 'both' }, null],
    [rest, { fault: 'down', link: 'service' }, 'no service link'],
    [direct, { fault: 'down', link: 'client' }, 'no proxy (via: direct)'],
    [direct, { fault: 'kill', part: 'toxiproxy' }, 'no proxy (via: direct)'],
    [rest, { fault: 'kill', part: 'broker' }, 'no broker'],
    [rest, { fault: 'kill', part: 'service', when: { before: 'ack' } }, 'no broker to acknowledge to'],
    [rest, { fault: 'kill', part: 'service', when: { point: 'reply' } }, null],
    [queue, { fault: 'kill', part: 'service', when: { point: 'ack' } }, null],
    [own, { fault: 'slow-service' }, 'no service of this run’s own'],
    [rest, { fault: 'slow-service' }, null],
    [queue, { fault: 'kill', part: 'broker', broker: 'leader' }, 'no leader among its brokers'],
    [stream, { fault: 'kill', part: 'broker', broker: 'leader' }, null],
    [queue, { fault: 'pause-consumers' }, null],
    [rest, { fault: 'pause-consumers' }, 'no consumers of ours'],
    [{ ...stream, instances: 3 }, { fault: 'leave', part: 'service-2' }, null],
    [stream, { fault: 'join', part: 'service' }, 'no group of several members'],
    [queue, { fault: 'leave', part: 'service' }, 'no group of several members'],
    [queue, { fault: 'rebuild' }, 'no log to rebuild its state from'],
    [{ ...queue, state: 'log' }, { fault: 'rebuild' }, null],
  ])('lack what a fault acts on, or not: %j, %j', (target, window, lack) => {
    expect(lackOf(target, window, { kafka: 3 })).toBe(lack);
  });

  it('make a target sit out the conditions of which it lacks any, the whole of each', () => {
    const conditions = {
      calm: [],
      gone: [
        { fault: 'down', link: 'client' },
        { fault: 'kill', part: 'broker' },
      ],
      cut: [{ fault: 'down', link: 'client' }],
    };
    expect(satOut({ targets: { rest, queue, direct }, conditions })).toEqual([
      { target: 'rest', condition: 'gone', lacks: 'no broker' },
      { target: 'direct', condition: 'gone', lacks: 'no proxy (via: direct)' },
      { target: 'direct', condition: 'cut', lacks: 'no proxy (via: direct)' },
    ]);
  });
});
