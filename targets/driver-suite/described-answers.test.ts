import { describe, expect, it } from 'vitest';
import { openApiOf } from '../rest/openapi.ts';
import { streamAsyncApi } from '../stream/asyncapi.ts';
import { websocketAsyncApi } from '../websocket/asyncapi.ts';
import { describedAnswers } from './described-answers.ts';

const order = { id: 'o', key: 'k', payload: '', status: 'placed', version: 1 };

describe('a difference names the answer and where in it', () => {
  const rest = (operation: string, head: string, body: unknown) =>
    describedAnswers(openApiOf({ codec: 'json', isGuarded: false })).difference(operation, {
      head,
      body: JSON.stringify(body),
    });
  const created = 'HTTP/1.1 201 Created\ncontent-type: application/json; charset=utf-8\netag: "1"';

  it.each([
    ['placeOrder', created, order, null],
    [
      'placeOrder',
      created,
      { ...order, version: '1' },
      'placeOrder, status 201, application/json: /version must be integer',
    ],
    [
      'placeOrder',
      created,
      { ...order, amount: 5 },
      'placeOrder, status 201, application/json: / must NOT have unevaluated properties: amount',
    ],
    ['placeOrder', created.replace('"1"', '1'), order, /^placeOrder, status 201, header etag: \/ must /],
    ['getOrder', 'HTTP/1.1 418 Teapot', {}, 'getOrder, status 418: the document has no such answer'],
    [
      'listOrders',
      'HTTP/1.1 200 OK\ncontent-type: text/html',
      [],
      'listOrders, status 200: the document has no text/html for it',
    ],
    [
      'listOrders',
      'HTTP/1.1 200 OK\ncontent-type: application/json',
      [order, {}],
      /\/1 must have required property 'id'/,
    ],
  ])('over REST: %s, %s, %j', (operation, head, body, expected) => {
    const difference = rest(operation, head, body);
    if (expected instanceof RegExp) expect(difference).toMatch(expected);
    else expect(difference).toBe(expected);
  });

  it('over WebSockets and in headers of a stream', () => {
    const websocket = describedAnswers(websocketAsyncApi());
    const body = (code: string) => JSON.stringify({ id: 'o', code, order });
    expect(websocket.difference('getOrder', { head: '', body: body('ok') })).toBeNull();
    expect(websocket.difference('getOrder', { head: '', body: body('fine') })).toMatch(
      /^getOrder, its reply: \/code must/,
    );
    const stream = describedAnswers(streamAsyncApi(undefined));
    const reply = { head: 'wirebench-code: fine', body: JSON.stringify(order) };
    expect(stream.difference('getOrder', reply)).toMatch(/^getOrder, headers of its reply: \/wirebench-code must/);
  });

  it('of an answer that was not told whole the body is not judged, and it does not count as seen', () => {
    const answers = describedAnswers(websocketAsyncApi());
    expect(answers.difference('getOrder', { head: '', body: 'x'.repeat(2 * 1024) })).toBeNull();
    expect([...answers.seen]).toEqual([]);
  });
});
