import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { request as undiciRequest } from 'undici';
import { describe, expect, it } from 'vitest';
import { answerStates, longestBodyBytes, longestHeadBytes } from './answer-state.ts';
import { ResponseParser } from './response-parser.ts';

const { incomplete, complete, malformed, oversized } = answerStates;

interface Reading {
  readonly state: number;
  readonly status: number;
  readonly keepAlive: boolean;
  /** Bytes behind the answer. */
  readonly surplus: number;
}

/** Reads the pieces one after the other, then the peer closes when `closes`. */
function readAnswer(pieces: readonly string[], { closes = false, answersHead = false } = {}): Reading {
  const parser = new ResponseParser();
  parser.begin(answersHead);
  const lengths = pieces.map((piece) => piece.length);
  for (const [n, piece] of pieces.entries()) {
    // Behind the new bytes stand those of an earlier read, as in the shared read buffer.
    const buffer = Buffer.concat([Buffer.from(piece, 'latin1'), Buffer.from('\r\n\r\nHTTP/1.1 500 old\r\n\r\n')]);
    const state = parser.read(buffer, 0, piece.length);
    if (state === incomplete) continue;
    const later = lengths.slice(n + 1).reduce((sum, length) => sum + length, 0);
    const surplus = state === complete ? piece.length - parser.consumed + later : 0;
    return { state, status: parser.status, keepAlive: parser.keepAlive, surplus };
  }
  const state = closes && parser.completeAtClose() ? complete : incomplete;
  return { state, status: parser.status, keepAlive: parser.keepAlive, surplus: 0 };
}

interface Example {
  readonly answer: string;
  readonly status: number;
  readonly keepAlive?: boolean;
  readonly surplus?: number;
  readonly closes?: boolean;
  readonly answersHead?: boolean;
}

const wellFormed: Readonly<Record<string, Example>> = {
  'with a length': { answer: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', status: 200 },
  'with a length of zero': { answer: 'HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n', status: 201 },
  'with blanks around values': { answer: 'HTTP/1.1 200 OK\r\ncontent-length:\t 2 \t\r\nX:\r\n\r\nhi', status: 200 },
  'with names in capitals': {
    answer: 'HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 2\r\nCONNECTION: CLOSE\r\n\r\nhi',
    status: 200,
    keepAlive: false,
  },
  'in lines that end in LF alone': { answer: 'HTTP/1.1 200 OK\na: b\ncontent-length: 5\n\nhello', status: 200 },
  'in lines that end either way': { answer: 'HTTP/1.1 200\nx:\r\ncontent-length: 2\n\r\nhi', status: 200 },
  'without a reason': { answer: 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', status: 200 },
  'with an empty reason': { answer: 'HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n', status: 200 },
  'with the same length twice': {
    answer: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nhi',
    status: 200,
  },
  'of status 204': { answer: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204 },
  'of status 304 that tells a length': {
    answer: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 999\r\n\r\n',
    status: 304,
  },
  'to a HEAD': { answer: 'HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n', status: 200, answersHead: true },
  'after interim ones': {
    answer:
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx',
    status: 200,
  },
  'in chunks': {
    answer:
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1F\r\n0123456789012345678901234567890\r\n0\r\n\r\n',
    status: 200,
  },
  'in chunks with extensions and a trailer': {
    answer:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b;c="d"\r\nabc\r\n0\r\nx-sum: 1\r\nx-more: \r\n\r\n',
    status: 200,
  },
  'in no chunk at all': { answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', status: 200 },
  'compressed and chunked': {
    answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
    status: 200,
  },
  'that ends with the connection': {
    answer: 'HTTP/1.1 200 OK\r\ncontent-type: a/b\r\n\r\nhello',
    status: 200,
    keepAlive: false,
    closes: true,
  },
  'that closes': {
    answer: 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    status: 200,
    keepAlive: false,
  },
  'that closes among other options': {
    answer: 'HTTP/1.1 200 OK\r\nconnection: foo , Close\r\ncontent-length: 0\r\n\r\n',
    status: 200,
    keepAlive: false,
  },
  'of HTTP/1.0': { answer: 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi', status: 200, keepAlive: false },
  'of HTTP/1.0 that stays': {
    answer: 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nhi',
    status: 200,
  },
  'of HTTP/1.0 without a length': { answer: 'HTTP/1.0 200 OK\r\n\r\nhi', status: 200, keepAlive: false, closes: true },
  'that refuses': {
    answer: 'HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\nno',
    status: 503,
  },
  'with bytes behind it': {
    answer: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhiHTTP/1.1 408 Late\r\n\r\n',
    status: 200,
    surplus: 21,
  },
  'in chunks with bytes behind it': {
    answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nxyz',
    status: 200,
    surplus: 3,
  },
};

const broken: Readonly<Record<string, string>> = {
  'another protocol': 'SSH-2.0-OpenSSH_9.2\r\n',
  'a TLS alert': '\x15\x03\x01\x00\x02\x02\x46',
  'HTTP/2': 'HTTP/2 200\r\n\r\n',
  'no status': 'HTTP/1.1 OK\r\n\r\n         ',
  'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
  'an upgrade': 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n',
  'a blank before the colon': 'HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\nhello',
  'a folded line': 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 0\r\n\r\n',
  'a header without a colon': 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n',
  'a header without a name': 'HTTP/1.1 200 OK\r\n: x\r\n\r\n',
  'chunks in lines that end in LF alone': 'HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2\nhi\n0\n\n',
  'a NUL in a value': 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n',
  'a bare CR in a value': 'HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n',
  'a length that is no number': 'HTTP/1.1 200 OK\r\ncontent-length: 5x\r\n\r\nhello',
  'a negative length': 'HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello',
  'an empty length': 'HTTP/1.1 200 OK\r\ncontent-length: \r\n\r\nhello',
  'two lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello',
  'a length beside chunks': 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'a chunk size that is no number': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
  'an empty chunk size': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n\r\n',
  'a chunk longer than it says': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n',
};

describe('ResponseParser', () => {
  describe.each(Object.entries(wellFormed))('an answer %s', (_name, example) => {
    const { answer, status, keepAlive = true, surplus = 0, ...options } = example;
    const expected: Reading = { state: complete, status, keepAlive, surplus };

    it('is read whole', () => expect(readAnswer([answer], options)).toEqual(expected));

    it('is read when split at any place', () => {
      for (let at = 1; at < answer.length; at++) {
        expect(readAnswer([answer.slice(0, at), answer.slice(at)], options), `split at ${at}`).toEqual(expected);
      }
    });

    it('is read byte by byte', () => expect(readAnswer([...answer], options)).toEqual(expected));

    it('is incomplete until its last byte', () => {
      const length = answer.length - surplus;
      for (let at = 0; at < length; at++) {
        expect(readAnswer([answer.slice(0, at)], { ...options, closes: false }).state).toBe(incomplete);
      }
    });
  });

  it.each(Object.entries(broken))('takes %s for malformed, whole and byte by byte', (_name, answer) => {
    expect(readAnswer([answer]).state).toBe(malformed);
    expect([malformed, incomplete]).toContain(readAnswer([...answer]).state);
    expect(readAnswer([...`${answer}\r\n\r\n`]).state).toBe(malformed);
  });

  it('takes a body that breaks off for incomplete, also when the peer closes', () => {
    const { state } = readAnswer(['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello'], { closes: true });
    expect(state).toBe(incomplete);
  });

  it.each([
    ['a head', ['HTTP/1.1 200 OK\r\n', ...Array.from({ length: 70 }, () => `x: ${'y'.repeat(1000)}\r\n`)]],
    ['a head without lines', ['HTTP/1.1 200 OK\r\nx: ', ...Array.from({ length: 70 }, () => 'y'.repeat(1000))]],
    ['a length', [`HTTP/1.1 200 OK\r\ncontent-length: ${longestBodyBytes + 1}\r\n\r\n`]],
    ['a chunk', [`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${(longestBodyBytes + 1).toString(16)}\r\n`]],
    [
      'a chunk extension',
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;', 'y'.repeat(longestHeadBytes + 9)],
    ],
    ['a trailer', ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ', 'y'.repeat(longestHeadBytes + 9)]],
    ['a body without end', ['HTTP/1.1 200 OK\r\n\r\n', ...Array.from({ length: 18 }, () => 'y'.repeat(1024 * 1024))]],
  ])('takes %s beyond the bounds for oversized', (_name, pieces) => {
    expect(readAnswer(pieces).state).toBe(oversized);
  });

  it('may be used for one answer after another', () => {
    const parser = new ResponseParser();
    for (const status of [200, 404, 200]) {
      parser.begin(false);
      const answer = Buffer.from(`HTTP/1.1 ${status} x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`);
      expect(parser.read(answer, 0, answer.length)).toBe(complete);
      expect(parser.status).toBe(status);
    }
  });
});

/** Where another client decides differently; each of these is ours to decide by RFC 9112, or a strictness of theirs. */
const differences: Readonly<Record<string, { readonly node: number | null; readonly undici: number | null }>> = {
  // §2.2 lets a recipient take LF for the end of a line; llhttp, which both are built on, does not.
  'in lines that end in LF alone': { node: null, undici: null },
  'in lines that end either way': { node: null, undici: null },
  // Equal lengths may be taken for one (§6.3); llhttp refuses them.
  'with the same length twice': { node: null, undici: null },
  // The answer is complete; the connection is what is spoilt, and we do not use it again either.
  'in chunks with bytes behind it': { node: null, undici: 200 },
  // Nobody asked for an upgrade.
  'an upgrade': { node: 101, undici: null },
  // undici holds the length, blanks included, against the bytes it saw, for a 304 too; and it refuses an unasked 100.
  'with blanks around values': { node: 200, undici: null },
  'of status 304 that tells a length': { node: 304, undici: null },
  'after interim ones': { node: 200, undici: null },
};

describe('ResponseParser beside node:http and undici', () => {
  const examples: Readonly<Record<string, Omit<Example, 'status'>>> = {
    ...wellFormed,
    ...Object.fromEntries(Object.entries(broken).map(([name, answer]) => [name, { answer }])),
  };

  it.each(Object.entries(examples))('sees the same status, or none, in an answer %s', async (name, example) => {
    const { answer, answersHead = false } = example;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer, 'latin1'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const method = answersHead ? 'HEAD' : 'GET';
      const { state, status } = readAnswer([answer], { answersHead, closes: true });
      const ours = state === complete ? status : null;
      const theirs = { node: await statusByNode(url, method), undici: await statusByUndici(url, method) };
      expect(theirs).toEqual(differences[name] ?? { node: ours, undici: ours });
    } finally {
      server.close();
    }
  });
});

/** null when it gives up. */
function statusByNode(url: string, method: string): Promise<number | null> {
  return new Promise((resolve) => {
    const call = request(url, { method, agent: false }, (response) => {
      response.on('error', () => resolve(null));
      response.on('end', () => resolve(response.complete ? (response.statusCode ?? null) : null));
      response.resume();
    });
    call.on('upgrade', () => resolve(null));
    call.on('error', () => resolve(null));
    call.end();
  });
}

async function statusByUndici(url: string, method: string): Promise<number | null> {
  try {
    const { statusCode, body } = await undiciRequest(url, { method: method as 'GET' });
    await body.arrayBuffer();
    return statusCode;
  } catch {
    return null;
  }
}
