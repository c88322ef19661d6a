/** Checks of a target's compression: a level that the codec has, an engine that can. */
import type { CheckContext, FileTarget } from './check-context.ts';
import { levelsOf, resolveCompression } from './compression-schema.ts';
import type { Path } from './problem.ts';

export function checkCompression({ report }: CheckContext, target: FileTarget, path: Path): void {
  if (!('compression' in target)) return;
  const compression = resolveCompression(target.compression);
  if (compression?.level === undefined) return;
  const { codec, level } = compression;
  const place = [...path, 'compression', 'level'];
  const levels = levelsOf[codec];
  if (levels === null) report({ path: place, message: `${codec} has no levels; leave it out`, atKey: true });
  else if (level < levels[0] || level > levels[1]) {
    report({ path: place, message: `${level} is no level of ${codec}: it has ${levels[0]} to ${levels[1]}` });
  }
}
