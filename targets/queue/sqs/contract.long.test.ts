/** The contract of all drivers on what SQS can be beside a standard queue under our own client. */
import { directSqs } from '../../driver-suite/direct-targets.ts';
import { describeDriverContract } from '../../driver-suite/driver-contract.ts';
import { sharedTestStack } from '../../stack/shared-test-stack.ts';
import { sqsEntry } from './preset.ts';

const variants = {
  'FIFO, in batches': { fifo: true, batch: { maxMessages: 10, maxBytes: 786_432, lingerMs: 5 } },
  'by Amazon’s SDK': { client: 'aws-sdk' },
} as const;

for (const [name, settings] of Object.entries(variants)) {
  describeDriverContract(`SQS (${name})`, async () => {
    const stack = await sharedTestStack({ sqs: true });
    const { directAddress } = stack.broker('sqs');
    const link = await stack.openLink('client', directAddress);
    return {
      entry: sqsEntry,
      target: { ...directSqs, via: 'toxiproxy', prefetch: 300, ...settings },
      broker: directAddress,
      address: link.address,
      largestPayloadBytes: 1_000_000,
      outage: {
        begin: () => stack.toxiproxy.setEnabled(link.proxy, false),
        end: () => stack.toxiproxy.setEnabled(link.proxy, true),
        losesInFlight: false,
      },
      close: () => stack.down(),
    };
  });
}
