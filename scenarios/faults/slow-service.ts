import { duration } from '../schema/fields.ts';
import { defineFault, ramp, type WindowOf } from './fault-definition.ts';

export const slowService = defineFault({
  name: 'slow-service',
  describes: 'The reference service takes its time.',
  shape: {
    ramp,
    workTime: duration('1ms', '60s').describe('Of each operation, instead of workload.service.workTime.'),
  },
  circumstance: () => 'while the service was slow',
  settings: ({ workTime: workTimeMs }) => ({ workTimeMs }),
  sized: ({ workTimeMs }, share) => ({ workTimeMs: workTimeMs * share }),
});
export type SlowServiceFault = WindowOf<typeof slowService>;
