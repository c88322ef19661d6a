import { z } from 'zod';
import { defineFault, ramp, type WindowOf } from './fault-definition.ts';

export const failingService = defineFault({
  name: 'failing-service',
  describes: 'The reference service refuses operations.',
  shape: { ramp, rejectRatio: z.number().gt(0).max(1).describe('Share that is refused at once, 0 to 1.') },
  circumstance: () => 'while the service failed',
  settings: ({ rejectRatio }) => ({ rejectRatio }),
  sized: ({ rejectRatio }, share) => ({ rejectRatio: rejectRatio * share }),
});
export type FailingServiceFault = WindowOf<typeof failingService>;
