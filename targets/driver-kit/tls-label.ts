import type { SettingValue } from '../../result/result-types.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { isSecured } from '../../scenarios/secured.ts';

/** What is printed beside the numbers. Clients of ours resume no session, so that each handshake costs the same. */
export function tlsLabel(target: Target): SettingValue {
  if (target.tlsMode !== undefined) {
    const both = target.tlsMode === 'mutual' ? 'certificates of both sides' : 'certificate of the service';
    return `${both}, ECDSA P-256, whole handshakes`;
  }
  if (!isSecured(target)) return false;
  const { verify = true, cert } = target.tls ?? {};
  const more = [...(verify ? [] : ['verification off']), ...(cert === undefined ? [] : ['with a client certificate'])];
  return more.length === 0 ? true : more.join(', ');
}
