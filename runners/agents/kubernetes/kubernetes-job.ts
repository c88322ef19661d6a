/** The agents of a run as a Kubernetes Job: so many pods or none, each on a host of its own, and none started again in silence. */

/** What a Secret of a run may hold, and the option of `bench agent` that takes it as a file. */
const secretOptions = { token: '--token-file', creds: '--nats-creds', ca: '--nats-ca' } as const;
export type SecretKey = keyof typeof secretOptions;

export interface AgentsJob {
  readonly agents: number;
  readonly image: string;
  /** `tls://HOST:PORT/RUN`, as the run prints it. */
  readonly join: string;
  /** Name of the Job. */
  readonly name: string;
  /** Name of the Secret that they join with. */
  readonly secret: string;
  /** Left out: `token`, the file that the run has written. */
  readonly secretKeys?: readonly SecretKey[] | undefined;
  readonly namespace?: string | undefined;
  /** Whole CPUs can be a pod's own; thousandths, `500m`, are shared. */
  readonly cpus: string;
  readonly memory: string;
  readonly allowHosts: readonly string[];
}

const labels = { 'app.kubernetes.io/name': 'wirebench', 'app.kubernetes.io/component': 'agent' };
const tokenFolder = '/run/wirebench';
const user = 10_001;
/** The longest that it may last. */
const deadlineS = 7_200;
const keptS = 600;

/** The Secret of a Job that is there, and that goes when this Job goes. `stringData`: as it is, not in base64. */
export function ownedSecret(
  { secret, name }: AgentsJob,
  stringData: Readonly<Partial<Record<SecretKey, string>>>,
  { metadata: { uid } }: { readonly metadata: { readonly uid: string } },
): object {
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name, uid }];
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, labels, ownerReferences }, stringData };
}

/** A `batch/v1` Job, to be written as YAML. */
export function kubernetesJob(job: AgentsJob): object {
  const { agents, name, namespace } = job;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...(namespace !== undefined && { namespace }), labels },
    spec: {
      completionMode: 'Indexed',
      completions: agents,
      parallelism: agents,
      // A pod that ends is a lost agent, never silently a new one.
      backoffLimit: 0,
      activeDeadlineSeconds: deadlineS,
      ttlSecondsAfterFinished: keptS,
      template: {
        metadata: { labels, annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' } },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 10,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: { 'batch.kubernetes.io/job-name': name } },
            },
          ],
          securityContext: {
            runAsNonRoot: true,
            runAsUser: user,
            runAsGroup: user,
            fsGroup: user,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [containerOf(job)],
          volumes: [
            { name: 'token', secret: { secretName: job.secret, defaultMode: 0o440 } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  };
}

function containerOf({ image, join, secretKeys = ['token'], cpus, memory, allowHosts }: AgentsJob): object {
  // Limits are requests: nobody evicts such a pod for its memory, and its CPUs can be pinned.
  const resources = { cpu: cpus, memory };
  return {
    name: 'agent',
    image,
    args: [
      ...['agent', '--join', join],
      ...secretKeys.flatMap((key) => [secretOptions[key], `${tokenFolder}/${key}`]),
      ...['--name', '$(POD_NAME)'],
      ...allowHosts.flatMap((host) => ['--allow-host', host]),
    ],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'HOME', value: '/tmp' },
    ],
    resources: { requests: resources, limits: resources },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'token', mountPath: tokenFolder, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}
