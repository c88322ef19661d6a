/** The callers of one trial: what they send beside their operations, and whom whoever lets them in must know. */
import { authOf, type CallerHolding, mayBeServed, onlyCaller } from '../../scenarios/callers.ts';
import { factsOf } from '../../scenarios/protocols/registry.ts';
import type { Request, Scenario, Target } from '../../scenarios/scenario.ts';
import type { OperationCaller } from '../../targets/driver.ts';
import { issueCredentials } from '../../targets/gateway/caller-credentials.ts';
import type { GatewayCredentials } from '../../targets/gateway/gateway-kind.ts';

export interface TrialCallers {
  /** None: nobody says who is calling. */
  readonly all: readonly OperationCaller[];
  /** null: nobody asks for any. */
  readonly credentials: GatewayCredentials | null;
}

export const nobodyInParticular: TrialCallers = { all: [], credentials: null };

/** Keys and tokens are drawn anew for each trial. An own system's callers are what its requests say. */
export async function trialCallers({ workload }: Scenario, target: Target): Promise<TrialCallers> {
  const auth = authOf(target);
  const usual = auth === 'none' ? undefined : { [onlyCaller]: { share: 1, holds: 'valid' as const } };
  const callers = workload.callers ?? usual;
  if (callers === undefined || target.address !== undefined) return nobodyInParticular;
  const holdings = Object.fromEntries(
    Object.entries(callers).map(([name, { holds }]): [string, CallerHolding] => [name, holds]),
  );
  const { gateway, headers } = await issueCredentials(auth, holdings);
  return {
    all: Object.entries(callers).map(([name, { share, holds }]) => ({
      ...{ name, share, holds, mayBeServed: mayBeServed(holds, auth) },
      headers: headers[name] ?? {},
    })),
    credentials: auth === 'none' ? null : gateway,
  };
}

/** Where each request has headers of its own; else they go with the connection. */
export function withCaller(target: Target, request: Request, { headers }: OperationCaller): Request {
  const key = factsOf(target).headersIn;
  if (key !== 'headers' && key !== 'metadata') return request;
  const own = (request as Partial<Record<typeof key, object>>)[key] ?? {};
  return { ...request, [key]: { ...own, ...headers } } as Request;
}
