import { createHash, createHmac } from 'node:crypto';
import aws4 from 'aws4';
import { describe, expect, it } from 'vitest';
import { directSqs } from '../../driver-suite/direct-targets.ts';
import { regionOf, SqsWire, signingOf } from './sqs-wire.ts';

/** Amazon's published test suite of Signature Version 4: its credentials, its moment, its answers. */
const suite = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const scope = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('aws4, which signs for us', () => {
  it.each([
    ['get-vanilla', 'GET', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', 'POST', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-x-www-form-urlencoded',
      ...(['POST', form, 'Param1=value1', 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a'] as const),
    ],
  ])('signs %s as the published vector has it', (_name, method, headers, body, signature) => {
    const { headers: signed = {} } = aws4.sign(
      {
        ...{ host: 'example.amazonaws.com', method, path: '/', service: 'service', region: 'us-east-1', body },
        headers: { ...headers, 'X-Amz-Date': '20150830T123600Z' },
        ...{ extraHeadersToIgnore: { 'content-length': true } },
      },
      suite,
    );
    const names = body === '' ? 'host;x-amz-date' : 'content-type;host;x-amz-date';
    expect(signed.Authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${names}, Signature=${signature}`,
    );
  });
});

/** Of the vectors with temporary credentials. */
const suiteToken = [
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI',
  '/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38',
  'xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==',
].join('');

it('signs post-sts-header-before as the published vector has it, the token among what is signed', () => {
  const { headers: signed = {} } = aws4.sign(
    {
      ...{ host: 'example.amazonaws.com', method: 'POST', path: '/', service: 'service', region: 'us-east-1' },
      headers: { 'X-Amz-Date': '20150830T123600Z' },
      ...{ extraHeadersToIgnore: { 'content-length': true } },
    },
    { ...suite, sessionToken: suiteToken },
  );
  const signature = '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead';
  const names = 'host;x-amz-date;x-amz-security-token';
  expect(signed.Authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${names}, Signature=${signature}`,
  );
});

/** By the specification, from what would leave: nothing of aws4. */
function signatureOf(request: string, secretAccessKey: string): string {
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]),
  );
  const [, signer = '', names = ''] =
    /Credential=[^/]*\/([^,]*), SignedHeaders=([^,]*)/.exec(headers.get('authorization') ?? '') ?? [];
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const [method, path] = line.split(' ');
  const signed = names.split(';').map((name) => `${name}:${headers.get(name)}\n`);
  const canonical = [method, path, '', signed.join(''), names, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers.get('x-amz-date'), signer, sha256(canonical)].join('\n');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = signer.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return createHmac('sha256', key).update(toSign).digest('hex');
}

describe('SqsWire', () => {
  const endpoint = { authority: 'sqs.eu-central-1.amazonaws.com', path: '' };
  const own = { ...directSqs, address: 'https://sqs.eu-central-1.amazonaws.com' };

  it('writes the action, the host that the user named and the length in bytes, unsigned without credentials', () => {
    expect(signingOf(own)).toBeNull();
    const text = new SqsWire(endpoint, null).bytes('SendMessage', '{"MessageBody":"–"}').toString();
    expect(text).toMatch(/^POST \/ HTTP\/1\.1\r\nhost: sqs\.eu-central-1\.amazonaws\.com\r\n/);
    expect(text).toContain('\r\nx-amz-target: AmazonSQS.SendMessage\r\n');
    expect(text).toMatch(/\r\ncontent-length: 21\r\n\r\n\{"MessageBody":"–"\}$/);
    expect(text.toLowerCase()).not.toContain('authorization');
  });

  it('signs for the region of the host, every header that says what is asked, and the session’s token', () => {
    const signing = signingOf({ ...own, ...suite, sessionToken: 'a-token' });
    const text = new SqsWire(endpoint, signing).bytes('SendMessage', '{}').toString();
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    expect(text).toContain(`Credential=AKIDEXAMPLE/${day}/eu-central-1/sqs/aws4_request, SignedHeaders=`);
    expect(/SignedHeaders=([^,]*)/.exec(text)?.[1]?.split(';')).toEqual(
      expect.arrayContaining(['content-type', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target']),
    );
    expect(text).toContain('X-Amz-Security-Token: a-token\r\n');
    expect(text.match(/^content-length:/gim)).toHaveLength(1);
    expect(/Signature=(\w+)/.exec(text)?.[1]).toBe(signatureOf(text, suite.secretAccessKey));
  });

  it('tells the region of Amazon’s endpoints from their host', () => {
    expect(regionOf('https://sqs.us-west-2.amazonaws.com')).toBe('us-west-2');
    expect(regionOf('https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com')).toBe('eu-west-1');
    expect(regionOf('http://127.0.0.1:9324')).toBeNull();
  });
});
