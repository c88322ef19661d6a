/** What a pod is doing, in words: why it is not there yet, or how it ended. */

/** What is read of a pod as the API gives it. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly PodCondition[];
    readonly containerStatuses?: readonly { readonly state?: ContainerState }[];
  };
}

interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: object;
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly signal?: number };
}

export interface PodState {
  readonly name: string;
  /** What is wrong with it; null: nothing that is known. */
  readonly trouble: string | null;
  /** It will not make load any more. */
  readonly hasEnded: boolean;
}

const unfetched: readonly string[] = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];

export function podState({ metadata, status = {} }: Pod): PodState {
  const { name, deletionTimestamp } = metadata;
  const container = status.containerStatuses?.[0]?.state ?? {};
  const hasEnded = status.phase === 'Failed' || status.phase === 'Succeeded' || container.terminated !== undefined;
  if (hasEnded) return { name, hasEnded, trouble: endOf(status, container) };
  if (deletionTimestamp !== undefined) return { name, hasEnded: true, trouble: 'somebody deletes it' };
  return { name, hasEnded, trouble: waitOf(status, container) };
}

function endOf({ reason, message }: NonNullable<Pod['status']>, { terminated }: ContainerState): string {
  if (terminated?.reason === 'OOMKilled') return 'it used more memory than it may, and was killed (OOMKilled)';
  if (terminated !== undefined && terminated.exitCode !== 0) {
    const { exitCode, signal } = terminated;
    return exitCode > 128 ? `it was killed by signal ${signal ?? exitCode - 128}` : `it ended with code ${exitCode}`;
  }
  if (reason !== undefined) return withMessage(`the cluster ended it (${reason})`, message);
  return 'it ended';
}

function waitOf({ conditions = [] }: NonNullable<Pod['status']>, { waiting }: ContainerState): string | null {
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    return withMessage(`no node takes it (${scheduled.reason ?? 'not scheduled'})`, scheduled.message);
  }
  if (waiting?.reason === undefined || waiting.reason === 'ContainerCreating') return null;
  if (unfetched.includes(waiting.reason))
    return withMessage(`its image cannot be fetched (${waiting.reason})`, waiting.message);
  return withMessage(`its container cannot be started (${waiting.reason})`, waiting.message);
}

function withMessage(text: string, message: string | undefined): string {
  return message === undefined || message === '' ? text : `${text}: ${message.trim()}`;
}
