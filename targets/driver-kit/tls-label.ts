import type { SettingValue } from '../../result/result-types.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { isSecured } from '../../scenarios/secured.ts';

/** What is printed beside the numbers. */
export function tlsLabel(target: Target): SettingValue {
  if (!isSecured(target)) return false;
  const { verify = true, cert } = target.tls ?? {};
  const more = [...(verify ? [] : ['verification off']), ...(cert === undefined ? [] : ['with a client certificate'])];
  return more.length === 0 ? true : more.join(', ');
}
