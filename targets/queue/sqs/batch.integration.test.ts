import { describeBatchedOrders } from '../../driver-suite/batched-orders.ts';
import { describeCompressedOrders } from '../../driver-suite/compressed-orders.ts';
import { directSqs } from '../../driver-suite/direct-targets.ts';
import { describeEncodedOrders } from '../../driver-suite/encoded-orders.ts';
import { sharedTestStack } from '../../stack/shared-test-stack.ts';
import { sqsEntry } from './preset.ts';

const setup = (settings: object) => async () => {
  const stack = await sharedTestStack({ sqs: true });
  return {
    entry: sqsEntry,
    target: { ...directSqs, ...settings },
    broker: stack.broker('sqs').directAddress,
    close: () => stack.down(),
  };
};
const batch = { maxMessages: 8, maxBytes: 256 * 1024, lingerMs: 50 };

describeBatchedOrders('SQS batches', batch.maxMessages, setup({ batch }));
describeBatchedOrders(
  'SQS batches by Amazon’s SDK, FIFO',
  batch.maxMessages,
  setup({ batch, client: 'aws-sdk', fifo: true }),
);
describeCompressedOrders('SQS, bodies compressed', setup({ compression: { codec: 'zstd' } }));
describeEncodedOrders('SQS in MessagePack, packed', setup({ codec: 'msgpack', compression: { codec: 'gzip' } }));
