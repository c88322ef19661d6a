/** Checks of batches that are a request of their own kind: who can gather, and whose service knows what to do with it. */
import type { TargetCheck } from '../protocols/protocol-definition.ts';

interface Batched {
  readonly address?: string | undefined;
  readonly engine: string;
  readonly client: string;
  readonly batch?: { readonly maxMessages: number } | undefined;
}

/** `library`: the client whose code writes each request by itself; left out: none does. */
export function checkBatchedCalls({ report }: TargetCheck, target: Batched, library?: string): void {
  const { address, engine, client, batch } = target;
  if (batch === undefined || batch.maxMessages === 1) return;
  const complain = (message: string) => report({ path: ['batch'], message, atKey: true });
  if (address !== undefined)
    complain('is for our reference service; a request of your own system may hold several things by itself');
  if (engine !== 'native') complain(`is for the native engine; ${engine} sends one by one`);
  if (client === library) complain(`is for client: own; with ${library} each operation is a request`);
}
