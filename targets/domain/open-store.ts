/** The stores there are. */
import type { StoreName } from '../../scenarios/scenario.ts';
import type { OrderStore, StoreOptions } from './order-store.ts';

/** Imported only where it is asked for. */
export async function openStore(name: StoreName, options: StoreOptions): Promise<OrderStore> {
  if (name === 'memory') return new (await import('./memory-store.ts')).MemoryStore(options);
  return new (await import('./file-store.ts')).FileStore(options);
}
