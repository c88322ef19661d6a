/** Modules that are started by their path: TypeScript in a checkout, JavaScript in the package. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `beside(import.meta.url, 'service')`: absolute path of the module of that name in the caller's own folder. */
export function beside(callerUrl: string, name: string): string {
  return fileURLToPath(new URL(`./${name}${extname(callerUrl)}`, callerUrl));
}
