/** A trial of our own service as its target wants it secured: certificates and credentials are made for it alone. */
import { join } from 'node:path';
import { hasBroker } from '../../result/result-types.ts';
import { asksForSecurity } from '../../scenarios/security.ts';
import type { RunningStack } from '../../targets/stack/stack.ts';
import type { PreparedTrial } from './prepare-trial.ts';
import { requireSecured } from './secured-broker.ts';

export interface SecuringContext {
  readonly workDirectory: string;
  readonly trialId: string;
  readonly stack: RunningStack | null;
}

/** Of a target that asks for nothing, or is the user's own system: the trial as it is. */
export async function secureTrial(
  prepared: PreparedTrial,
  { workDirectory, trialId, stack }: SecuringContext,
): Promise<PreparedTrial> {
  const { target, credentials } = prepared;
  if (!asksForSecurity(target) || target.address !== undefined) return prepared;
  if (hasBroker(target.protocol)) {
    const { secureBrokered } = await import('../../targets/security/broker-security.ts');
    return { ...prepared, target: secureBrokered(target, requireSecured(stack, target).security) };
  }
  const { certifyTarget, callerCheckOf } = await import('../../targets/security/secure-target.ts'); // brings all of X.509
  const { target: certified, tls } = await certifyTarget(target, join(workDirectory, `${trialId}.certificates`));
  const { auth } = target;
  const asks = (auth === 'apiKey' || auth === 'jwt') && credentials !== null;
  return { ...prepared, target: certified, security: { tls, check: asks ? callerCheckOf(auth, credentials) : null } };
}
