/** The check that a host is this machine or listed. */
import { bareHost } from '../allowed-hosts.ts';
import { isAllowedHost } from './address.ts';
import type { CheckContext } from './check-context.ts';
import type { Path } from './problem.ts';

/** `what`: of what is done there, `load goes there`; `whose`: what the suggestion asks the user to be sure of, ` if it is yours`. */
export function requireAllowed(
  { file, report }: CheckContext,
  host: string,
  path: Path,
  { what, whose = '' }: { readonly what: string; readonly whose?: string },
): void {
  if (isAllowedHost(host, file.allowHosts ?? [])) return;
  const message = `"${bareHost(host)}" is outside this machine; ${what} only when allowHosts lists it`;
  report({ path, message, suggestion: `add allowHosts: [${bareHost(host)}]${whose}` });
}
