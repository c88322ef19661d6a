import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { isOnThisMachine } from './is-on-this-machine.ts';

describe('isOnThisMachine', () => {
  it.each([
    ['127.0.0.1:80', true],
    ['127.8.7.6:80', true],
    ['[::1]:443', true],
    ['localhost:5672', true],
    [`${os.hostname()}:9092`, true],
    ['192.0.2.7:80', false],
    ['[2001:db8::1]:80', false],
    ['orders.example.com:443', false],
  ])('%s: %s', (address, expected) => {
    expect(isOnThisMachine(address)).toBe(expected);
  });

  it('knows the addresses of this machine’s interfaces', () => {
    const own = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const { address, family } of own) {
      expect(isOnThisMachine(family === 'IPv6' ? `[${address}]:1` : `${address}:1`)).toBe(true);
    }
  });
});
