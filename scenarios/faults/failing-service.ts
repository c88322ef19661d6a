import { z } from 'zod';
import { flowSteps, stepWords } from '../../result/flow-steps.ts';
import { defineFault, ramp, type WindowOf } from './fault-definition.ts';
import { ofService, unlessService } from './on-part.ts';

export const failingService = defineFault({
  name: 'failing-service',
  describes: 'The reference service refuses operations.',
  shape: {
    ...ofService,
    ramp,
    rejectRatio: z.number().gt(0).max(1).describe('Share that is refused at once, 0 to 1.'),
    action: z
      .enum(flowSteps.flatMap((step) => [stepWords[step].does, stepWords[step].undoes]))
      .optional()
      .describe('Of a part of a flow: what alone is refused, e.g. refund. Left out: all that it is asked for.'),
  },
  check: ({ action, part }) => {
    const step = flowSteps.find((name) => stepWords[name].does === action || stepWords[name].undoes === action);
    if (action === undefined || part === step) return unlessService({ part });
    return [{ key: 'action', message: `is what ${step} does, so it needs part: ${step}` }];
  },
  settings: ({ rejectRatio, part, action }) => ({ rejectRatio, ...(part && { part }), ...(action && { action }) }),
  circumstance: ({ part = 'service' }) => `while the ${part} failed`,
  sized: ({ rejectRatio, ...where }, share) => ({ ...where, rejectRatio: rejectRatio * share }),
});
export type FailingServiceFault = WindowOf<typeof failingService>;
