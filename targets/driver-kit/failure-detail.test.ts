import { describe, expect, it } from 'vitest';
import { detailOf, detailOfHttp, headersText, mostDetailBytes } from './failure-detail.ts';

const raw = (text: string) => Buffer.from(text, 'latin1');

describe('the detail of a failure', () => {
  it('is the head and the body of an answer', () => {
    expect(detailOfHttp(raw('HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone'))).toEqual({
      head: 'HTTP/1.1 404 Not Found\ncontent-length: 4',
      body: 'gone',
    });
  });

  it('does not show what opens a door', () => {
    const { head } = detailOfHttp(
      raw('HTTP/1.1 401 No\r\nSet-Cookie: session=abc\r\nX-Auth-Token: 5\r\nserver: s\r\n\r\n'),
    );
    expect(head).toBe('HTTP/1.1 401 No\nSet-Cookie: (not shown)\nX-Auth-Token: (not shown)\nserver: s');
  });

  it('has chunks put together, also where they are cut off', () => {
    const chunked = 'HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n';
    expect(detailOfHttp(raw(`${chunked}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n`)).body).toBe('abcde');
    expect(detailOfHttp(raw(`${chunked}ff\r\nabc`)).body).toBe('abc');
  });

  it.each([
    ['compressed', detailOf('', Buffer.from('xyz'), 'gzip').body, '(3 bytes of gzip)'],
    ['no text', detailOf('', Buffer.from([1, 0, 2])).body, '(3 bytes)'],
    ['empty', detailOf('', Buffer.alloc(0)).body, ''],
    ['long', detailOf('', Buffer.alloc(9_999, 'a')).body, 'a'.repeat(mostDetailBytes)],
  ])('of a body that is %s', (_name, body, expected) => {
    expect(body).toBe(expected);
  });
});

it('shows headers of a message a line each, and none that opens a door', () => {
  const head = headersText({ code: 'no', 'x-auth-token': 'of-mine', at: { nested: [1] } });
  expect(detailOf(head, Buffer.from('why')).head).toBe('code: no\nx-auth-token: (not shown)\nat: {"nested":[1]}');
});
