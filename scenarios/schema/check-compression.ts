/** Checks of a target's compression: a level that the codec has, an engine that can. */
import type { Compression } from '../codecs.ts';
import type { TargetCheck } from '../protocols/protocol-definition.ts';
import { levelsOf, resolveCompression } from './compression-schema.ts';

interface Compressed {
  readonly engine: string;
  readonly compression: Parameters<typeof resolveCompression>[0];
}

/** `withoutLevel`: for which protocol none can be set, and why; left out: it can. */
export function checkCompression(context: TargetCheck, target: Compressed, withoutLevel?: string): void {
  const { compression } = resolveCompression(target.compression);
  if (compression === undefined) return;
  if (withoutLevel === undefined) checkLevel(context, compression);
  else if (compression.level !== undefined) {
    const message = `cannot be set for ${withoutLevel}; leave it out`;
    context.report({ path: ['compression', 'level'], message, atKey: true });
  }
  if (target.engine !== 'native') {
    const message = `is for the native engine; ${target.engine} sends bodies as they are`;
    context.report({ path: ['compression'], message, atKey: true });
  }
}

function checkLevel({ report }: TargetCheck, { codec, level }: Compression): void {
  const path = ['compression', 'level'];
  const levels = levelsOf[codec];
  if (level === undefined) return;
  if (levels === null) report({ path, message: `${codec} has no levels; leave it out`, atKey: true });
  else if (level < levels[0] || level > levels[1]) {
    report({ path, message: `${level} is no level of ${codec}: it has ${levels[0]} to ${levels[1]}` });
  }
}
