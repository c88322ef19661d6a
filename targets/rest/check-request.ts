/** Whether HTTP/1.1 can carry a request, whatever its variables will stand for. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { RestRequest } from '../../scenarios/scenario.ts';
import type { Call } from '../driver.ts';
import { compileTemplate } from '../driver-kit/request-template.ts';

/** These are the client's: a second opinion on them would break the framing. */
const framingHeaders = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
const sampleCall: Call = { operation: 0, id: 'id', key: 'key', sequence: 0, payload: 0, attempt: 1, random: 0 };

/**
 * Ids and keys are printable; whatever else a header or the path can hold is known now. `pool` is what `{{payload}}` can
 * stand for. Throws a BenchError (exit 2) for a request that HTTP cannot carry, e.g. a header that would hold a line break.
 */
export function checkRequest({ method, path, headers }: RestRequest, pool: readonly Buffer[]): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method) || method === 'CONNECT') {
    throw unusable(`cannot use the method ${JSON.stringify(method)}`);
  }
  for (const payload of pool.length === 0 ? [Buffer.alloc(0)] : pool) {
    const target = compileTemplate(path).text(sampleCall, payload);
    if (!/^\/[\x21-\x7e]*$/.test(target))
      throw unusable(`its path ${JSON.stringify(path)} has what a path cannot have`);
    for (const [name, value] of Object.entries(headers)) {
      if (framingHeaders.includes(name.toLowerCase())) throw unusable(`the header ${name} is the client’s own to set`);
      try {
        validateHeaderName(name);
        validateHeaderValue(name, compileTemplate(value).text(sampleCall, payload));
      } catch (cause) {
        throw unusable(`its header ${JSON.stringify(name)} has what a header cannot have`, cause);
      }
    }
  }
}

function unusable(why: string, cause?: unknown): BenchError {
  return new BenchError('unusableRequest', `This request cannot be sent: ${why}`, {
    exitCode: exitCodes.usage,
    cause,
  });
}
