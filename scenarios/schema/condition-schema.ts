/** Fault timelines. */
import { z } from 'zod';
import { faultSchemas } from '../faults/registry.ts';

export const conditionSchema = z.array(z.discriminatedUnion('fault', faultSchemas));
