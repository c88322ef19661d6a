import { apiVersionSchema } from '../schema/version-schema.ts';
import { defineFault, type WindowOf } from './fault-definition.ts';
import { ofService, unlessService } from './on-part.ts';

export const retire = defineFault({
  name: 'retire',
  describes:
    'The reference service no longer knows a version of its interface: 410 Gone, UNIMPLEMENTED, or the code `retired`.',
  shape: {
    ...ofService,
    version: apiVersionSchema.describe('Which one. Operations without a version are of the first.'),
  },
  check: unlessService,
  settings: ({ version, part }) => ({ version, ...(part && { part }) }),
  circumstance: ({ version }) => `while version ${version} was retired`,
});
export type RetireFault = WindowOf<typeof retire>;
