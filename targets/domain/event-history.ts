/** The events of `workload.history`: what a service has been through before the load. Always the same, of orders of their own. */
import { paymentCents } from './accounts.ts';
import type { OrderEvent } from './event-log.ts';

const accounts = 100;
const payloadBytes = 256;

/** Four events an order: placed, changed, paid, and changed again or, every third, cancelled. `n`: from 0. */
export function historyEvent(n: number): OrderEvent {
  const number = Math.floor(n / 4);
  const id = `order-h-${number.toString().padStart(8, '0')}`;
  const request = `history-${n.toString().padStart(8, '0')}`;
  const account = `history-account-${number % accounts}`;
  const payload = `${request} `.padEnd(payloadBytes, 'h');
  switch (n % 4) {
    case 0:
      return { type: 'placed', id, request, key: account, payload };
    case 2:
      return { type: 'paid', id: request, request, account, cents: paymentCents };
    default:
      return n % 12 === 11 ? { type: 'cancelled', id, request } : { type: 'updated', id, request, payload };
  }
}
