/** What is asked before any load: something that the service must be able to answer, and that changes nothing. */
import type { RestRequest } from '../../scenarios/scenario.ts';
import type { Call, DriverContext } from '../driver.ts';
import { compileTemplate } from '../driver-kit/request-template.ts';

export type Probe =
  /** Of the reference service, which is known to answer it. */
  | { readonly kind: 'head' }
  /** One of the target's own: its head alone, and itself where that has no answer. `headPath` null: it is a HEAD. */
  | {
      readonly kind: 'request';
      readonly call: Call;
      readonly payload: Buffer | undefined;
      readonly headPath: string | null;
      readonly text: string;
    }
  /** A connection has to do. */
  | { readonly kind: 'connection' };

/** RFC 9110 §9.2.1, in the order in which they are taken: the lightest answer first. */
const safeMethods = ['HEAD', 'GET', 'OPTIONS'];
const probeId = 'probe';

/**
 * Not every service answers a HEAD, or a path that it does not know: an own one is asked what it will be asked anyway. By
 * its head first, as long as that has an answer: then the service gets no request more than the load's own attempts.
 */
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
  const path = compileTemplate(request.path).text(call, payload);
  const headPath = request.method === 'HEAD' ? null : path;
  return { kind: 'request', call, payload, headPath, text: `${request.method} ${path}` };
}
