/** Events that the service sends by itself, and the message that asks for them. */
import type { RawData } from 'ws';
import type { PublishedEvent } from '../publish/publications.ts';

/** What tells messages that are no answers from those that are. */
export const publishedCode = 'published';

const subscription = Buffer.from('{"subscribe":');

/** Written so, and not otherwise: what asks for an order is not looked at any further. */
export function isSubscription(data: RawData): boolean {
  return Buffer.isBuffer(data) && data.subarray(0, subscription.length).equals(subscription);
}

/** `after`: the last position that was seen; null: with what is published next. */
export function subscriptionText(after: number | null): string {
  return `${subscription}${JSON.stringify(after === null ? {} : { after })}}`;
}

/** null, too, for what cannot be read. */
export function subscriptionFrom(data: RawData): number | null {
  try {
    const { subscribe } = JSON.parse(String(data)) as { readonly subscribe?: { readonly after?: unknown } };
    return typeof subscribe?.after === 'number' ? subscribe.after : null;
  } catch {
    return null;
  }
}

/** It begins after this position. */
export function subscribedText(position: number): string {
  return JSON.stringify({ code: publishedCode, subscribed: { position } });
}

export function eventText({ position, id, payload }: PublishedEvent): Buffer {
  return Buffer.from(JSON.stringify({ code: publishedCode, event: { position, id, payload } }));
}
