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
  });

  it('tells the region of Amazon’s endpoints from their host', () => {
    expect(regionOf('https://sqs.us-west-2.amazonaws.com')).toBe('us-west-2');
    expect(regionOf('https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com')).toBe('eu-west-1');
    expect(regionOf('http://127.0.0.1:9324')).toBeNull();
  });
});
