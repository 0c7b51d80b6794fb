#!/usr/bin/env bash
# Runs the pods of deploy/kubernetes/cordee.yaml with podman, on the image cordee of Docker or podman: a server
# and two workers, by TLS and with a token. Kills and stops them, does what their Jobs would do, and compares the result
# with a quiet run's. Leaves nothing behind. Needs root.
#
# Podman is no cluster. What is changed for it: the image's name; each worker is a Job of its own, as podman knows no
# indexes; there is no Service, so the server's name is an alias on podman's network; there is no fsGroup, so Secrets
# can be read by every user of a pod; pods share an emptyDir of one name, so each has a name of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v podman >/dev/null ||
  { echo "expected podman, found none; install podman runc catatonit netavark aardvark-dns nftables" >&2; exit 1; }
export PODMAN_IGNORE_CGROUPSV1_WARNING=1

image=docker.io/library/cordee:latest
server=cordee-server-0.cordee-server
rounds=1500
place=$(mktemp -d)
loaded=
# Away from the script cordee, which podman would take for a folder to build that image from.
engine() { (cd "$place" && podman --runtime runc --cgroup-manager=cgroupfs "$@"); }
cleanup() {
  for file in fetch worker-0 worker-1 server inputs; do
    engine kube down --force "$place/$file.yaml" >/dev/null 2>&1 || true
  done
  engine volume rm -f cordee-tls cordee-token cordee-job >/dev/null 2>&1 || true
  engine network rm -f cordee-test >/dev/null 2>&1 || true
  [ -z "$loaded" ] || engine rmi -f "$image" >/dev/null 2>&1 || true
  rm -rf "$place"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $*" >&2
  for name in server-0-pod-server worker-0-pod-worker worker-1-pod-worker; do
    echo "--- $name" >&2
    engine logs --tail 20 "cordee-$name" >&2 || true
  done
  exit 1
}

# Those documents of a manifest that are of this kind.
pick() { # KIND, FILE
  awk -v RS='---\n' -v kind="$1" '$0 ~ "(^|\n)kind: " kind "\n" { printf "---\n%s", $0 }' "$2" |
    sed "s|image: .*|image: $image|; s|defaultMode: 0440|defaultMode: 0444|"
}

play() { # FILE...; as a Job would start another pod
  for file in "$@"; do
    local network=cordee-test
    [ "$file" != server ] || network+=:alias=$server
    engine kube play --replace --network "$network" "$place/$file.yaml" >"$place/play.log" 2>&1 ||
      { cat "$place/play.log" >&2; fail "podman does not play $file"; }
  done
}

round() { # of the last row
  local rows
  rows=$(wc -l 2>/dev/null <"$run/metrics.csv") || rows=0
  echo $((rows - 2))
}

train_for() { # ROUNDS
  local deadline=$((SECONDS + 180)) begin
  begin=$(round)
  until [ "$(round)" -ge $((begin + $1)) ]; do
    [ "$SECONDS" -lt "$deadline" ] || fail "not $1 rounds after round $begin within 180 s"
    sleep 0.1
  done
}

is_alive() { # by the probe of the manifest
  local deadline=$((SECONDS + 180))
  until engine healthcheck run cordee-server-0-pod-server >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || fail "the liveness probe has found no server for 180 s"
  done
}

ends_with() { # CODE, CONTAINER
  local code
  code=$(timeout 180 podman --runtime runc --cgroup-manager=cgroupfs wait "$2") || fail "$2 does not end"
  [ "$code" = "$1" ] || fail "expected $2 to end with $1; found $code"
}

if id=$(docker image inspect -f '{{.Id}}' cordee 2>/dev/null) && ! engine image exists "${id#sha256:}"; then
  loaded=yes
  docker save cordee | engine load -q >/dev/null
fi
engine image exists "$image" ||
  { echo "expected the image $image, found none; make it with: docker build -t cordee ." >&2; exit 1; }

# What docs/kubernetes.md has kubectl make.
(
  cd "$place"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=our authority" -keyout ca-key.pem -out ca.pem
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server-key.pem -out server.csr
  printf 'subjectAltName=DNS:cordee-server,DNS:%s\n' "$server" >server.ext
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 1 -extfile server.ext -out server.pem
) 2>"$place/openssl.log" || { cat "$place/openssl.log" >&2; exit 1; }
cat >"$place/job.yaml" <<END
name: digits
model: {layers: [64, 192, 192, 10]}
data: digits
optimizer: rprop
stop: {rounds: $rounds}
END
indented() { sed 's/^/    /' "$place/$1"; }
cat >"$place/inputs.yaml" <<END
apiVersion: v1
kind: Secret
metadata: {name: cordee-tls}
stringData:
  tls.crt: |
$(indented server.pem)
  tls.key: |
$(indented server-key.pem)
  ca.crt: |
$(indented ca.pem)
---
apiVersion: v1
kind: Secret
metadata: {name: cordee-token}
stringData: {token: $(openssl rand -hex 32)}
END
cat >"$place/config.yaml" <<END
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cordee-job}
data:
  job.yaml: |
$(indented job.yaml)
END

manifests=deploy/kubernetes/cordee.yaml
pick PersistentVolumeClaim $manifests >"$place/server.yaml"
cat "$place/config.yaml" >>"$place/server.yaml"
pick Job $manifests >"$place/jobs.yaml"
awk -v RS='---\n' '/component: server/ { printf "---\n%s", $0 }' "$place/jobs.yaml" |
  sed 's/--workers=4/--workers=2/' >>"$place/server.yaml"
for i in 0 1; do
  awk -v RS='---\n' '/component: worker/ { printf "---\n%s", $0 }' "$place/jobs.yaml" |
    sed "s/name: cordee-worker\$/name: cordee-worker-$i/" >"$place/worker-$i.yaml"
done
for file in server worker-0 worker-1; do
  sed -i "s/name: tmp\b/&-$file/" "$place/$file.yaml"
done
pick Pod deploy/kubernetes/fetch.yaml >"$place/fetch.yaml"

engine network create cordee-test >/dev/null
engine kube play "$place/inputs.yaml" >/dev/null
play server
run=$(engine volume inspect -f '{{.Mountpoint}}' cordee-server-0)/run
is_alive
echo "ok: the liveness probe finds the server alive"

play worker-0 worker-1
train_for 100
engine kill -s KILL cordee-worker-1-pod-worker >/dev/null
ends_with 137 cordee-worker-1-pod-worker
echo "ok: a worker was killed in round $(round); another pod is started"
play worker-1

train_for 200
engine kill -s KILL cordee-server-0-pod-server >/dev/null
ends_with 137 cordee-server-0-pod-server
echo "ok: the server was killed in round $(round); another pod is started on its volume"
play server

train_for 200
engine stop cordee-server-0-pod-server >/dev/null
ends_with 143 cordee-server-0-pod-server
[ -s "$run/model.safetensors" ] || fail "a server that was stopped keeps its weights"
ends_with 130 cordee-worker-0-pod-worker
ends_with 130 cordee-worker-1-pod-worker
[ "$(round)" -lt $rounds ] || fail "the job was over before the server was stopped"
echo "ok: the server was stopped in round $(round), and kept its weights; all are started again"
play server worker-0 worker-1

ends_with 0 cordee-worker-0-pod-worker
ends_with 0 cordee-worker-1-pod-worker
ends_with 0 cordee-server-0-pod-server
play fetch
engine cp cordee-fetch-fetch:/cordee/runs/run "$place/fetched"

./cordee train "$place/job.yaml" --in-process --quiet --out "$place/quiet"
digest() { tail -n 1 "$1/metrics.csv" | cut -d, -f7; }
[ "$(wc -l <"$place/fetched/metrics.csv")" = $((rounds + 2)) ] || fail "expected a row for each of $rounds rounds"
[ "$(digest "$place/fetched")" = "$(digest "$place/quiet")" ] ||
  fail "expected the digest of a quiet run, $(digest "$place/quiet"); found $(digest "$place/fetched")"
cmp -s <(cut -d, -f1,7 "$place/fetched/metrics.csv") <(cut -d, -f1,7 "$place/quiet/metrics.csv") ||
  fail "the digests of the last round are equal, but not those of all rounds"
./cordee evaluate --model "$place/fetched" | grep accuracy
echo "ok: every round has the digest of a quiet run; the last is $(digest "$place/quiet")"
