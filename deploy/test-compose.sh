#!/usr/bin/env bash
# Brings the compose file up on the Docker engine of this machine, with four and with eight workers and with kills, and checks what
# comes of it. Leaves nothing behind but the image. --quick: four workers, one of which is killed.
set -euo pipefail
cd "$(dirname "$0")/.."

export COMPOSE_PROJECT_NAME=cordee-test
RUNS=$(mktemp -d)
export RUNS
trap 'docker compose down --volumes >/dev/null 2>&1; rm -rf "$RUNS"' EXIT
passed=0
failed=0

check() { # WHAT, COMMAND...
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "ok: $what"
  else
    failed=$((failed + 1))
    echo "FAILED: $what" >&2
  fi
}

everybody_ended_with_0() {
  [ -z "$(docker compose ps --all --format '{{.Name}} {{.ExitCode}}' | grep -v ' 0$')" ]
}

user_is_not_root() {
  [ "$(docker compose run --rm --no-deps --entrypoint id server -u)" != 0 ]
}

licences_are_there() {
  docker compose run --rm --no-deps --workdir /opt/cordee --entrypoint ls server \
    LICENSE NOTICE licences/THIRD-PARTY.txt sbom.json >/dev/null
}

version() {
  sed -n 's:.*<version>\(.*\)</version>.*:\1:p' pom.xml | sed -n 1p
}

heap() { # JAVA OPTIONS; in MiB
  docker run --rm --memory=1g --env CORDEE_JAVA_OPTS="-XX:+PrintFlagsFinal $1" cordee --version |
    awk '$2 == "MaxHeapSize" { print int($4 / 1048576) }'
}

network_is_private() {
  [ "$(docker network inspect --format '{{.Internal}}' "${COMPOSE_PROJECT_NAME}_team")" = true ]
}

observed() {
  docker compose --profile observe config --services | sort | xargs
}

rounds() { # RUN
  { wc -l <"$RUNS/$1/metrics.csv"; } 2>/dev/null || echo 0
}

await_rounds() { # RUN, COUNT
  local tries
  for tries in $(seq 240); do
    [ "$(rounds "$1")" -lt "$2" ] || return 0
    sleep 0.5
  done
  echo "$1 has $(rounds "$1") of $2 rounds after $((tries / 2)) s" >&2
  return 1
}

digest() { # RUN
  tail -n 1 "$RUNS/$1/metrics.csv" | cut -d, -f7
}

ended() { # SERVICE
  docker compose wait server >/dev/null 2>&1 || true
  test -s "$RUNS/$RUN/model.safetensors"
}

# A long run of one process, for its digest; then the same by the team.
sed 's/^stop:.*/stop: {rounds: 2000}/' examples/digits.yaml >examples/digits-long.yaml
trap 'docker compose down --volumes >/dev/null 2>&1; rm -rf "$RUNS" examples/digits-long.yaml' EXIT
./cordee train examples/digits-long.yaml --in-process --quiet --out "$RUNS/quiet"
export JOB=examples/digits-long.yaml

kill_worker() {
  docker kill "$(docker compose ps --quiet worker | sed -n 1p)" >/dev/null
}

if [ "${1:-}" = --quick ]; then
  docker compose build --quiet
  export RUN=killed
  docker compose up -d --scale worker=4 >"$RUNS/killed.log" 2>&1
  await_rounds killed 100
  kill_worker
  check "the run ends" ended
  check "after the kill of a worker, the digest is the same: $(digest quiet)" test "$(digest killed)" = "$(digest quiet)"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit
fi
unset JOB

check "the profile observe adds Prometheus and Grafana" \
  test "$(observed)" = "grafana prometheus run-folder server worker"
check "nothing but the dashboard is published, to this machine alone" \
  test "$(docker compose --profile observe config --format json | grep -o '"host_ip": *"[^"]*"' | sort | uniq -c | xargs)" = '1 host_ip: 127.0.0.1'

docker compose build --quiet
check "the image does not run as root" user_is_not_root
check "the image carries its licence and those of its libraries" licences_are_there

check "the image says which version it is" \
  test "$(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.version"}}' cordee)" = "$(version)"
heap=$(heap "")
check "of 1 GiB, the heap takes up to $heap MiB" test "$heap" -ge 700 -a "$heap" -le 720
check "unless CORDEE_JAVA_OPTS says otherwise" test "$(heap -Xmx100m)" = 100

digests=()
for workers in 4 8; do
  export RUN=of-$workers
  docker compose up --scale "worker=$workers" >"$RUNS/up-$workers.log" 2>&1 ||
    { cat "$RUNS/up-$workers.log" >&2; exit 1; }
  run=$RUNS/$RUN
  check "the team's network is private" network_is_private
  check "$workers workers were there" test "$(docker compose ps --all --format '{{.Service}}' | grep -c '^worker$')" = "$workers"
  check "all $workers workers and the server ended with 0" everybody_ended_with_0
  check "the run folder is on the host" test -s "$run/model.safetensors"
  accuracy=$(tail -n 1 "$run/metrics.csv" | cut -d, -f4)
  check "test accuracy $accuracy is at least 0.95" awk "BEGIN { exit !($accuracy >= 0.95) }"
  digests+=("$(tail -n 1 "$run/metrics.csv" | cut -d, -f7)")
  docker compose down >/dev/null 2>&1
done

# The server is killed, then a worker, and a team of six ends the run.
export RUN=killed JOB=examples/digits-long.yaml
docker compose up -d --scale worker=4 >"$RUNS/killed.log" 2>&1
await_rounds killed 100
docker compose kill --signal KILL server >/dev/null 2>&1
before=$(rounds killed)
docker compose up -d --scale worker=4 >>"$RUNS/killed.log" 2>&1
await_rounds killed $((before + 100))
check "a server that is up again resumes its run" test "$(find "$RUNS" -mindepth 1 -maxdepth 1 -type d -name '2*' | wc -l)" = 0
kill_worker
docker compose up -d --scale worker=6 >>"$RUNS/killed.log" 2>&1
check "the run ends" ended
check "after kills of server and worker, and with six workers, the digest is the same: $(digest quiet)" \
  test "$(digest killed)" = "$(digest quiet)"
docker compose down >/dev/null 2>&1
unset JOB RUN

check "4 and 8 workers end with the same digest ${digests[0]}" test "${digests[0]}" = "${digests[1]}"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
