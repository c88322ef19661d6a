/** Keys of a token's issuer that cannot be had for a while: whoever is to be served is not, and is again. */
import { expect, it } from 'vitest';
import { benchRig } from './bench-rig.ts';

const rig = benchRig('keys-away');

const scenario = `name: keys-away
workload:
  operations: { getOrder: {} }
  callers: { paying: { share: 90% }, anonymous: { share: 10%, holds: none } }
load: { model: open, rate: 50/s, warmup: 500ms, duration: 9s }
targets:
  envoy: { protocol: rest, gateway: { kind: envoy, auth: jwt, keys: url } }
conditions:
  keys-away: [ { at: 1s, for: 5s, fault: down, link: gateway-issuer } ]
resilience: { deadline: 3s, timeout: 3s }
thresholds: [ "all admittedUnauthorised == 0", "all lost == 0" ]
`;

it('are missed once those in hand are over, and asked for again', async () => {
  const { result } = await rig.play(scenario);
  const [trial] = result.trials;
  expect(trial?.ledger).toMatchObject({ admittedUnauthorised: 0, lost: 0 });
  const { during, after } = trial?.phases ?? {};
  expect(during?.errors['status 401']).toBeGreaterThan(50); // of 250, after the 2 s that keys are good for
  expect(after?.counts.ok).toBeGreaterThan(20);
  expect(trial?.callers?.find(({ name }) => name === 'anonymous')).toMatchObject({ counts: { ok: 0 } });
});
