/** What is asked before any load: something that the service must be able to answer, and that changes nothing. */
import type { RestRequest } from '../../scenarios/scenario.ts';
import type { Call, DriverContext } from '../driver.ts';
import { compileTemplate } from '../driver-kit/request-template.ts';

export type Probe =
  /** Of the reference service, which is known to answer it. */
  | { readonly kind: 'head' }
  /** One of the target's own. */
  | { readonly kind: 'request'; readonly call: Call; readonly payload: Buffer | undefined; readonly text: string }
  /** A connection has to do. */
  | { readonly kind: 'connection' };

/** RFC 9110 §9.2.1, in the order in which they are taken: the lightest answer first. */
const safeMethods = ['HEAD', 'GET', 'OPTIONS'];
const probeId = 'probe';

/** Not every service answers a HEAD, or a path that it does not know: an own one is asked what it will be asked anyway. */
export function probeOf({ target, operations, payloads }: DriverContext): Probe {
  if (target.address === undefined) return { kind: 'head' };
  const requests = operations.map(({ index, request }) => ({ index, request: request as RestRequest }));
  const safe = safeMethods.flatMap((method) => requests.filter(({ request }) => request.method === method));
  const [first] = safe;
  if (first === undefined) return { kind: 'connection' };
  const { index, request } = first;
  const call: Call = {
    ...{ operation: index, id: probeId, key: probeId, sequence: 0, payload: 0, attempt: 1, random: 0 },
  };
  const payload = payloads[index]?.[0];
  return {
    kind: 'request',
    call,
    payload,
    text: `${request.method} ${compileTemplate(request.path).text(call, payload)}`,
  };
}
