/** What the documents of all protocols say first. */
import type { JsonSchema } from './order-schemas.ts';

export function documentInfo(title: string): JsonSchema {
  return {
    title,
    version: '1.0.0',
    description: 'A reference service of Wirebench: orders that are placed, read, changed, cancelled and paid.',
  };
}
