import type { SettingValue } from '../../result/result-types.ts';
import type { Target } from '../../scenarios/scenario.ts';
import { goServiceLabel } from '../go-service/go-service.ts';
import { clientLabel } from './client-label.ts';

/** What our service is built on, printed beside the numbers where a target chooses it. `library`: of the one in Node. */
export function runtimeLabel(
  { service }: Pick<Target, 'service'>,
  protocol: 'rest' | 'grpc',
  library: string,
): { readonly service?: SettingValue } {
  if (service === undefined) return {};
  if (service.runtime === 'go') return { service: goServiceLabel(protocol) };
  return { service: `${clientLabel(library, library)}, Node ${process.versions.node}` };
}
