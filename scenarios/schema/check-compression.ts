/** Checks of a target's compression: a level that the codec has, an engine that can, headers that leave it alone. */
import type { Compression } from '../scenario.ts';
import type { CheckContext, FileTarget } from './check-context.ts';
import { levelsOf, resolveCompression } from './compression-schema.ts';
import type { Path } from './problem.ts';

export function checkCompression(context: CheckContext, target: FileTarget, path: Path): void {
  if (!('compression' in target) || target.compression === undefined) return;
  const { compression } = resolveCompression(target.compression);
  if (compression === undefined) return;
  const levelPath = [...path, 'compression', 'level'];
  if (target.protocol !== 'grpc') checkLevel(context, compression, levelPath);
  else if (compression.level !== undefined) {
    const message = 'cannot be set for gRPC: grpc-js, which our service is built on, takes none; leave it out';
    context.report({ path: levelPath, message, atKey: true });
  }
  if ((target.engine ?? 'native') !== 'native') {
    const message = `is for the native engine; ${target.engine} sends bodies as they are`;
    context.report({ path: [...path, 'compression'], message, atKey: true });
  }
  if (target.protocol === 'rest') checkHeaders(context, target, path);
}

function checkLevel({ report }: CheckContext, compression: Compression, path: Path): void {
  const { codec, level } = compression;
  const levels = levelsOf[codec];
  if (level === undefined) return;
  if (levels === null) report({ path, message: `${codec} has no levels; leave it out`, atKey: true });
  else if (level < levels[0] || level > levels[1]) {
    report({ path, message: `${level} is no level of ${codec}: it has ${levels[0]} to ${levels[1]}` });
  }
}

/** Of an own system's requests. */
function checkHeaders({ report }: CheckContext, target: Extract<FileTarget, { protocol: 'rest' }>, path: Path): void {
  for (const [operation, request] of Object.entries(target.requests ?? {})) {
    for (const name of Object.keys(request.headers ?? {})) {
      if (!['content-encoding', 'accept-encoding'].includes(name.toLowerCase())) continue;
      const message = 'is what compression sets; leave one of them out';
      report({ path: [...path, 'requests', operation, 'headers', name], message, atKey: true });
    }
  }
}
