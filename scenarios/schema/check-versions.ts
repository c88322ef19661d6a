/** What goes with operations of a version, and with the end of one. */
import { isPublished } from '../../result/patterns.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import type { Path } from './problem.ts';

/** Settings that put requests into a form of their own, which knows one version only; left out: any value. */
const ofOneVersion: Readonly<Record<string, readonly string[] | undefined>> = {
  batch: undefined,
  codec: ['msgpack', 'protobuf'],
  calls: ['stream'],
  flow: undefined,
};

export function checkVersions({ file, has, report }: CheckContext, target: FileTarget, path: Path): void {
  const operations = Object.entries(file.workload?.operations ?? {});
  const [versioned] = operations.filter(([, { version }]) => version !== undefined);
  const retires = Object.values(file.conditions ?? {}).some((all) => all.some(({ fault }) => fault === 'retire'));
  const isAsked = versioned !== undefined || retires || has(['workload', 'service', 'deprecated']);
  if (!isAsked || target.address !== undefined) return;
  const values: Readonly<Record<string, unknown>> = target;
  const complain = (key: string, message: string) => report({ path: [...path, key], message, atKey: true });
  if (target.service?.runtime === 'go')
    complain('service', 'does not go with versions: its Go one has the first alone');
  else if (versioned === undefined && retires && values.flow !== undefined)
    complain('flow', 'does not go with fault retire: its parts have one version');
  if (versioned === undefined) return;
  const [name, { pattern }] = versioned;
  if (isPublished(pattern)) {
    const message = 'does not go with pattern: publish, whose events have none';
    report({ path: ['workload', 'operations', name, 'version'], message });
  }
  for (const [key, forms] of Object.entries(ofOneVersion)) {
    const value = values[key];
    if (value === undefined || forms?.includes(String(value)) === false) continue;
    complain(key, `does not go with operations of a version (${name}): its messages have none`);
  }
}
