#!/usr/bin/env bash
# For tests: a Kubernetes of one node, in namespaces of its own (network, mounts, processes) that end with it.
# cluster.sh FOLDER PROGRAMS NETWORK_PLUGINS PAUSE_IMAGE RUN_ADDRESS IMAGE_FILE…: ready once FOLDER/ready is there; ends with its standard input.
set -euo pipefail
folder=$1 programs=$2 plugins=$3 pause=$4 address=$5
shift 5
cd "$folder"
mkdir -p log pki etcd net containerd containerd-state kubelet pods
start() { local name=$1; shift; "$@" > "log/$name.log" 2>&1 & }
until_ok() { for _ in $(seq 240); do "$@" > /dev/null 2>&1 && return; sleep 0.5; done; echo "never: $*" >&2; exit 1; }

ip link set lo up
ip address add "$address/32" dev lo
openssl genrsa -out pki/accounts.key 2048 2> /dev/null
echo 'admin-token,admin,admin,"system:masters"' > tokens.csv
cat > kubeconfig << 'Y'
apiVersion: v1
kind: Config
clusters: [{ name: test, cluster: { server: "https://127.0.0.1:16443", insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: { token: admin-token } }]
contexts: [{ name: test, context: { cluster: test, user: admin } }]
current-context: test
Y
export KUBECONFIG=$folder/kubeconfig
start etcd etcd --data-dir etcd --listen-client-urls http://127.0.0.1:12379 --advertise-client-urls http://127.0.0.1:12379 \
  --listen-peer-urls http://127.0.0.1:12380 --unsafe-no-fsync
start apiserver "$programs/kube-apiserver" --etcd-servers http://127.0.0.1:12379 --service-cluster-ip-range 10.78.0.0/24 \
  --bind-address 127.0.0.1 --advertise-address "$address" --secure-port 16443 --cert-dir pki/api --token-auth-file tokens.csv --authorization-mode Node,RBAC \
  --service-account-key-file pki/accounts.key --service-account-signing-key-file pki/accounts.key \
  --service-account-issuer https://127.0.0.1:16443 --allow-privileged
until_ok kubectl get --raw /readyz
start controllers "$programs/kube-controller-manager" --kubeconfig kubeconfig --service-account-private-key-file pki/accounts.key \
  --leader-elect=false --bind-address 127.0.0.1 \
  --controllers job-controller,namespace-controller,node-lifecycle-controller,pod-garbage-collector-controller,garbage-collector-controller,serviceaccount-controller,serviceaccount-token-controller,ttl-after-finished-controller
start scheduler "$programs/kube-scheduler" --kubeconfig kubeconfig --leader-elect=false --bind-address 127.0.0.1

cat > net/10-pods.conflist << Y
{ "cniVersion": "1.0.0", "name": "pods", "plugins": [ { "type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": false,
  "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.79.0.0/24" }]], "routes": [{ "dst": "0.0.0.0/0" }], "dataDir": "$folder/net/data" } } ] }
Y
cat > containerd.toml << Y
version = 2
root = "$folder/containerd"
state = "$folder/containerd-state"
[grpc]
  address = "$folder/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause"
  disable_apparmor = true
  disable_hugetlb_controller = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$plugins"
    conf_dir = "$folder/net"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
Y
start containerd containerd -c containerd.toml
until_ok ctr -a containerd.sock version
for image in "$@"; do ctr -a containerd.sock -n k8s.io images import "$image" > /dev/null; done
cat > kubelet.yaml << Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /
enforceNodeAllocatable: []
failSwapOn: false
authentication: { anonymous: { enabled: true }, webhook: { enabled: false } }
authorization: { mode: AlwaysAllow }
address: 127.0.0.1
readOnlyPort: 0
containerRuntimeEndpoint: unix://$folder/containerd.sock
evictionHard: { memory.available: 100Mi, nodefs.available: 1% }
imageGCHighThresholdPercent: 100
resolvConf: /etc/resolv.conf
podLogsDir: $folder/pods
nodeStatusUpdateFrequency: 2s
Y
start kubelet "$programs/kubelet" --config kubelet.yaml --kubeconfig kubeconfig --root-dir "$folder/kubelet" --cert-dir "$folder/pki/kubelet" \
  --hostname-override node-1 --node-ip "$address"
until_ok bash -c "kubectl get node node-1 | grep -q ' Ready'"
until_ok kubectl get serviceaccount default
touch ready
cat > /dev/null
