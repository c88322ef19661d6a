import { describe, expect, it } from 'vitest';
import { type Pod, podState } from './pod-state.ts';

function stateOf(status: Pod['status'], deletionTimestamp?: string) {
  const metadata = { name: 'agents-0-abcde', ...(deletionTimestamp !== undefined && { deletionTimestamp }) };
  return podState({ metadata, ...(status !== undefined && { status }) });
}

const container = (state: NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state']) =>
  state === undefined ? [] : [{ state }];

describe('podState', () => {
  it.each<[string, Pod['status'], string | null, boolean]>([
    ['that is new', undefined, null, false],
    [
      'that is being made',
      { phase: 'Pending', containerStatuses: container({ waiting: { reason: 'ContainerCreating' } }) },
      null,
      false,
    ],
    ['that runs', { phase: 'Running', containerStatuses: container({ running: {} }) }, null, false],
    [
      'that no node takes',
      {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/1 nodes are available: 1 Insufficient cpu.',
          },
        ],
      },
      'no node takes it (Unschedulable): 0/1 nodes are available: 1 Insufficient cpu.',
      false,
    ],
    [
      'whose image is not there',
      {
        phase: 'Pending',
        containerStatuses: container({
          waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "nowhere/x"' },
        }),
      },
      'its image cannot be fetched (ImagePullBackOff): Back-off pulling image "nowhere/x"',
      false,
    ],
    [
      'whose Secret is missing',
      {
        phase: 'Pending',
        containerStatuses: container({
          waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' },
        }),
      },
      'its container cannot be started (CreateContainerConfigError): secret "x" not found',
      false,
    ],
    [
      'that was too large',
      { phase: 'Failed', containerStatuses: container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }) },
      'it used more memory than it may, and was killed (OOMKilled)',
      true,
    ],
    [
      'that was killed',
      { phase: 'Failed', containerStatuses: container({ terminated: { exitCode: 137, reason: 'Error' } }) },
      'it was killed by signal 9',
      true,
    ],
    [
      'that failed',
      { phase: 'Failed', containerStatuses: container({ terminated: { exitCode: 2, reason: 'Error' } }) },
      'it ended with code 2',
      true,
    ],
    [
      'that was evicted',
      { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      'the cluster ended it (Evicted): The node was low on resource: memory.',
      true,
    ],
    [
      'that is done',
      { phase: 'Succeeded', containerStatuses: container({ terminated: { exitCode: 0, reason: 'Completed' } }) },
      'it ended',
      true,
    ],
  ])('of a pod %s', (_, status, trouble, hasEnded) => {
    expect(stateOf(status)).toEqual({ name: 'agents-0-abcde', trouble, hasEnded });
  });

  it('of a pod that somebody deletes while it runs', () => {
    const running = { phase: 'Running', containerStatuses: container({ running: {} }) };
    expect(stateOf(running, '2026-01-01T00:00:00Z')).toMatchObject({ trouble: 'somebody deletes it', hasEnded: true });
  });
});
