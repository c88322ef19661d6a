/** The error of a peer that cannot be used, in words that say what to do about it. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { tlsFailureOf } from './tls-failure.ts';

const wrongName = 'certificate of another host';

/**
 * Exit 3. `peer`: who it is, `Kafka at 127.0.0.1:9092`. `why`: what happened, where TLS does not tell better. `hint`: what
 * to look at, where TLS does not.
 */
export function cannotConnect(peer: string, why: string, hint: string, cause: unknown): BenchError {
  const failure = tlsFailureOf(cause) ?? tlsFailureOf(new Error(why));
  const told = failure === null ? why : failure.reason === wrongName ? `${wrongName}: ${namesIn(why)}` : failure.reason;
  return new BenchError('cannotConnect', `${peer} cannot be used: ${told}`, {
    hint: failure?.hint ?? hint,
    exitCode: exitCodes.stack,
    cause,
  });
}

/** Node's own words are the ones that say which name was sought, and which there are. */
function namesIn(why: string): string {
  return /altnames: (.*)$/s.exec(why)?.[1] ?? why;
}
