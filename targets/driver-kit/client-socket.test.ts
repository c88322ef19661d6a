import { describe, expect, it } from 'vitest';
import { endpointOf, rotated } from './client-socket.ts';

describe('endpointOf', () => {
  it('is where to dial when the target has no address of its own', () => {
    expect(endpointOf('127.0.0.1:8080', undefined)).toEqual({
      host: '127.0.0.1',
      port: 8080,
      tls: null,
      authority: '127.0.0.1:8080',
      path: '',
      query: '',
    });
  });

  it('dials several servers in turn', () => {
    const { turn, authority } = endpointOf('127.0.0.1:1,127.0.0.1:2,[::1]:3', undefined);
    expect(authority).toBe('127.0.0.1:1');
    expect([turn?.(), turn?.(), turn?.(), turn?.()]).toEqual([
      { host: '127.0.0.1', port: 1 },
      { host: '127.0.0.1', port: 2 },
      { host: '::1', port: 3 },
      { host: '127.0.0.1', port: 1 },
    ]);
    expect([0, 1, 2, 3].map((by) => rotated('a,b,c', by))).toEqual(['a,b,c', 'b,c,a', 'c,a,b', 'a,b,c']);
  });

  it('dials the proxy, and names the target', () => {
    expect(endpointOf('127.0.0.1:9999', 'https://shop.test:8443/api/?room=1')).toEqual({
      host: '127.0.0.1',
      port: 9999,
      tls: { hostname: 'shop.test' },
      authority: 'shop.test:8443',
      path: '/api',
      query: '?room=1',
    });
  });

  it.each([
    ['http://shop.test', 'shop.test', '', null],
    ['http://shop.test/', 'shop.test', '', null],
    ['shop.test:81', 'shop.test:81', '', null],
    ['ws://[::1]:8081/live', '[::1]:8081', '/live', null],
    ['wss://[::1]:8081/live', '[::1]:8081', '/live', { hostname: '::1' }],
  ])('understands %s', (named, authority, path, tls) => {
    expect(endpointOf('[::1]:1234', named)).toMatchObject({ host: '::1', port: 1234, authority, path, tls });
  });
});
