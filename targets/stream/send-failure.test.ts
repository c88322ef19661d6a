import { MultipleErrors, NetworkError, ResponseError, TimeoutError } from '@platformatic/kafka';
import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { sendFailureOf } from './send-failure.ts';

const produceApi = 0;
const refused = (code: number) => new ResponseError(produceApi, 11, { '/responses/0': [code, null] }, {});
const exceeded = (cause: Error) => new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 0, retryTime: 0 });
const protocol = (type: string, retriable: boolean) =>
  new KafkaJSProtocolError(Object.assign(new Error(type), { type, retriable, code: 1 }));
const errno = (code: string) => Object.assign(new Error(`connect ${code} 127.0.0.1:9092`), { code });

describe('sendFailureOf', () => {
  it.each([
    [
      'a refusal that stands',
      new MultipleErrors('Producing messages failed.', [refused(10)]),
      'kafka MESSAGE_TOO_LARGE',
      false,
      false,
    ],
    [
      'a record that was refused, behind what the broker says of it',
      new MultipleErrors('Producing messages failed.', [
        new ResponseError(
          produceApi,
          9,
          { '/responses/0/record_errors/0': [-1, 'no key'], '/responses/0': [87, 'One or more records'] },
          {},
        ),
      ]),
      'kafka INVALID_RECORD',
      false,
      false,
    ],
    ['what the broker has no name for', refused(-1), 'kafka UNKNOWN_SERVER_ERROR', false, false],
    ['a refusal that may pass', refused(19), 'kafka NOT_ENOUGH_REPLICAS', true, false],
    ['a leader that moved', refused(6), 'kafka NOT_LEADER_OR_FOLLOWER', true, true],
    ['a lost connection', new NetworkError('Connection closed'), 'connection closed', true, true],
    [
      'nobody there',
      new MultipleErrors('Cannot connect to any broker.', [
        new NetworkError('Connection error', { cause: errno('ECONNREFUSED') }),
      ]),
      'connection refused',
      true,
      true,
    ],
    ['silence', new TimeoutError('Request timed out'), 'request timed out', true, true],
    [
      'kafkajs: nobody there',
      exceeded(new KafkaJSConnectionError('Connection error', { code: 'ECONNREFUSED' })),
      'connection refused',
      true,
      true,
    ],
    ['kafkajs: a refusal', exceeded(protocol('MESSAGE_TOO_LARGE', false)), 'kafka MESSAGE_TOO_LARGE', false, false],
    [
      'kafkajs: a record that was refused',
      exceeded(protocol('INVALID_RECORD', false)),
      'kafka INVALID_RECORD',
      false,
      false,
    ],
    ['kafkajs: no name', exceeded(protocol('UNKNOWN', false)), 'kafka UNKNOWN_SERVER_ERROR', false, false],
    [
      'kafkajs: a name that is newer',
      exceeded(
        new KafkaJSProtocolError(
          Object.assign(new Error('Unknown error code 89'), {
            type: 'KAFKAJS_UNKNOWN_ERROR_CODE',
            code: -99,
            retriable: false,
          }),
        ),
      ),
      'kafka error 89',
      false,
      false,
    ],
    ['a bug', new TypeError('x is not a function'), 'x is not a function', false, false],
    ['no error at all', undefined, 'undefined', false, false],
  ])('%s', (_what, error, reason, retryable, cutOff) => {
    expect(sendFailureOf(error)).toMatchObject({ reason, retryable, cutOff });
  });

  it.each([
    ['nobody there', new MultipleErrors('x', [new NetworkError('x', { cause: errno('ECONNREFUSED') })]), true],
    ['no connection in time', new TimeoutError('Connection to 127.0.0.1:9092 timed out.'), true],
    ['a connection that failed', new NetworkError('Connection to 127.0.0.1:9092 failed.'), true],
    ['kafkajs: nobody there', exceeded(new KafkaJSConnectionError('Connection error: connect ECONNREFUSED')), true],
    ['kafkajs: no connection in time', exceeded(new KafkaJSConnectionError('Connection timeout')), true],
    ['a lost connection', new NetworkError('Connection closed'), false],
    ['silence', new TimeoutError('Request timed out'), false],
    ['a refusal', refused(10), false],
    ['kafkajs: a reset', exceeded(new KafkaJSConnectionError('Connection error: read ECONNRESET')), false],
  ])('says whether anything of it has left: %s', (_what, error, unsent) => {
    expect(sendFailureOf(error).unsent).toBe(unsent);
  });

  it('ends with errors that are their own cause', () => {
    const error: Error & { cause?: unknown } = new Error('round');
    error.cause = error;
    expect(sendFailureOf(error).reason).toBe('round');
  });
});
