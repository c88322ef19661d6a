import { z } from 'zod';
import { lineText, object } from '../../schema/fields.ts';
import { messageBody } from '../../schema/request-fields.ts';

/** Of ten: the harness has up to five of its own. */
const mostAttributes = 5;
const attributeName = z
  .string()
  .regex(/^[\w.-]{1,256}$/, { error: 'is not the name of an attribute (letters, digits, . _ -)' });

export const sqsRequest = object({
  queue: lineText.min(1).max(1_024).describe('Queue that exists, by its name or URL; without {{…}}.'),
  body: messageBody,
  attributes: z
    .record(attributeName, z.string().min(1))
    .refine((all) => Object.keys(all).length <= mostAttributes, {
      error: `has more than ${mostAttributes}: SQS takes ten, and the harness has up to five of its own`,
    })
    .prefault({})
    .describe('Message attributes by name, of the type String.'),
  groupId: lineText
    .min(1)
    .max(128)
    .optional()
    .describe('MessageGroupId: messages of one group keep their order. FIFO queues need it. Left out: none.'),
  deduplicationId: lineText
    .min(1)
    .max(128)
    .optional()
    .describe('MessageDeduplicationId, e.g. {{id}}: a retry is then the same message. Left out: as the queue does it.'),
});
