import { duration } from '../schema/fields.ts';
import { defineFault, ramp, type WindowOf } from './fault-definition.ts';
import { ofService, unlessService } from './on-part.ts';

export const slowService = defineFault({
  name: 'slow-service',
  describes: 'The reference service takes its time.',
  shape: {
    ...ofService,
    ramp,
    workTime: duration('1ms', '60s').describe('Of each operation, instead of workload.service.workTime.'),
  },
  check: unlessService,
  settings: ({ workTime: workTimeMs, part }) => ({ workTimeMs, ...(part && { part }) }),
  circumstance: ({ part = 'service' }) => `while the ${part} was slow`,
  sized: ({ workTimeMs, ...where }, share) => ({ ...where, workTimeMs: workTimeMs * share }),
});
export type SlowServiceFault = WindowOf<typeof slowService>;
