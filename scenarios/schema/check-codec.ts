/** Checks of a target's payload codec: it is our service's, and batches are JSON. */
import type { TargetCheck } from '../protocols/protocol-definition.ts';

interface Encoded {
  readonly address?: string | undefined;
  readonly engine: string;
  readonly codec?: string | undefined;
  readonly batch?: { readonly maxMessages: number } | undefined;
}

export function checkCodec({ has, report }: TargetCheck, { address, engine, codec, batch }: Encoded): void {
  if (!has(['codec'])) return;
  const complain = (message: string) => report({ path: ['codec'], message, atKey: true });
  if (address !== undefined) complain('is for our reference service; what your own system gets stands in its requests');
  if (codec === 'json') return;
  if (engine !== 'native') complain(`is for the native engine; ${engine} sends JSON`);
  if ((batch?.maxMessages ?? 1) > 1) complain(`cannot be ${codec} beside batch: batches are JSON`);
}
