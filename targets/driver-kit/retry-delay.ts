/** Waits between attempts: exponential, capped, with the jitters of Brooker's "Exponential Backoff And Jitter" (2015). */
import type { Resilience } from '../../scenarios/scenario.ts';

/**
 * Milliseconds to wait after failed attempt number `attempt` (1 for the first). `draw` is uniform in [0, 1);
 * `previousMs` is the wait before (0 at first), which only `decorrelated` looks at.
 */
export function retryDelayMs(retry: Resilience['retry'], attempt: number, draw: number, previousMs: number): number {
  if (retry.backoff === 'none') return 0;
  const exponentialMs = Math.min(retry.capMs, retry.baseMs * 2 ** Math.min(attempt - 1, 40));
  switch (retry.jitter) {
    case 'none':
      return exponentialMs;
    case 'full':
      return draw * exponentialMs;
    case 'equal':
      return exponentialMs / 2 + (draw * exponentialMs) / 2;
    case 'decorrelated': {
      const highestMs = Math.max(retry.baseMs, previousMs * 3);
      return Math.min(retry.capMs, retry.baseMs + draw * (highestMs - retry.baseMs));
    }
  }
}
