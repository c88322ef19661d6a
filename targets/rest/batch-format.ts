/** A batch over REST: one POST of an array of items, answered with what became of each. */
import type { RestRequest } from '../../scenarios/scenario.ts';
import type { Call, DriverContext } from '../driver.ts';
import type { BatchFormat } from '../driver-kit/batched-session.ts';
import { type BodyTemplate, bodyTemplate } from '../driver-kit/encoded-body.ts';
import { joinItems } from '../driver-kit/json-batch.ts';

const closeBracket = 0x5d;
const codesBegin = '{"codes":';

export const batchPath = '/v1/batch';

export const batchRequest: RestRequest = {
  method: 'POST',
  path: batchPath,
  headers: { 'content-type': 'application/json' },
  body: '{{payload}}',
  expect: { status: [200] },
};

/** The body of each operation's request is its item. */
export function batchFormat({ operations }: DriverContext): BatchFormat {
  const items = operations.map(({ request }) => bodyTemplate('', (request as RestRequest).encoded));
  const itemOf = ({ operation }: Call) => items[operation] as BodyTemplate;
  return {
    request: batchRequest,
    itemBytes: (call, payload) => itemOf(call).byteLength(call, payload),
    join: (batch, bytes) => joinItems(batch, bytes, itemOf),
    codesIn,
  };
}

/** They stand first, so that the orders behind them need not be read. */
function codesIn(answer: Buffer, count: number): readonly string[] | null {
  const end = answer.indexOf(closeBracket) + 1;
  const text = answer.toString('latin1', 0, end);
  if (!text.startsWith(codesBegin)) return null;
  try {
    const codes: unknown = JSON.parse(text.slice(codesBegin.length));
    const isComplete = Array.isArray(codes) && codes.length === count;
    return isComplete && codes.every((code) => typeof code === 'string') ? codes : null;
  } catch {
    return null;
  }
}
