/** What a service that is not written in the usual language can't do. */
import { isPublished } from '../../result/patterns.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';

const goProtocols = ['rest', 'grpc'];

/** All that the service in Go does, or that it need not know of; what comes new is refused until it can. */
const knownToGo: readonly string[] = [
  ...['protocol', 'engine', 'via', 'connections', 'client', 'calls', 'batch', 'resilience', 'optional'],
  ...['instances', 'gateway', 'service'],
];
/** Values that ask for nothing. */
const neutral: readonly unknown[] = ['none', 'json', 'memory', false];

/** Of a reference target. */
export function checkRuntime({ file, has, report }: CheckContext, target: FileTarget, path: Path): void {
  if (target.service?.runtime !== 'go') return;
  if (!goProtocols.includes(target.protocol)) {
    const message = `go is for ${goProtocols.join(' and ')}, not ${target.protocol}; runtime: node speaks it`;
    report({ path: [...path, 'service', 'runtime'], message });
    return;
  }
  const published = Object.entries(file.workload?.operations ?? {}).find(([, { pattern }]) =>
    isPublished(pattern),
  )?.[0];
  if (published !== undefined) {
    const message = `operation ${published} is published, and the service in Go pushes nothing; runtime: node does`;
    report({ path: [...path, 'service', 'runtime'], message });
  }
  for (const [key, value] of Object.entries(target)) {
    const here = [...path, key];
    if (knownToGo.includes(key) || neutral.includes(value) || !has(here)) continue;
    report({
      path: here,
      message: 'is not known to the service in Go; leave it out, or take runtime: node',
      atKey: true,
    });
  }
}
