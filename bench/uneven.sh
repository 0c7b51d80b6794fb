#!/bin/bash
# Times full-batch rounds of Fashion-MNIST (784-128-10, Rprop; medians, in milliseconds) and the share of a round in which one
# worker waits for another: two workers of one thread, beside one of two threads; and two of which one has a quarter of a
# processor, beside what the sum of their speeds allows, 1 / 1.25 of the round of one alone.
#   bench/uneven.sh [TURNS]
# Needs root, for a control group of its own; curl, pgrep, python3, and Debian's dataset-fashion-mnist.
set -euo pipefail
. "$(dirname "$0")/common.sh"
turns=${1:-3}
require_turns "$turns"
require_images
from=40 to=120
port=$((10000 + RANDOM % 22000)) # below those that the system gives to connections

# A quarter of a processor for the processes in this group.
group=/sys/fs/cgroup/cordee-bench-$$
[ -f /sys/fs/cgroup/cgroup.controllers ] || group=/sys/fs/cgroup/cpu/cordee-bench-$$
mkdir "$group" || { echo "expected to be root; no control group can be made at $group" >&2; exit 1; }
trap 'kill $(jobs -p) 2>/dev/null || :; wait || :; rmdir "$group" || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  echo "2500 10000" >"$group/cpu.max"
else
  echo 10000 >"$group/cpu.cfs_period_us"
  echo 2500 >"$group/cpu.cfs_quota_us"
fi

finished() { [ "$(tail -n 1 "$work/run/metrics.csv" 2>/dev/null | cut -d, -f1)" -ge "$1" ] 2>/dev/null; }
await() {
  until finished "$1"; do
    kill -0 "$team" 2>/dev/null || { cat "$work/errors" >&2; return 1; }
    sleep 0.05
  done
}
waits() { curl -sf "http://127.0.0.1:$port/metrics" | awk -v p='part="wait"' '/^cordee_round_part_seconds_total/ { all += $2; if (index($1, p)) w = $2 } END { print w, all }'; }

# WORKERS THREADS [slow]: leaves in $measured the median round, and the share of waiting.
measure() {
  local slow before after
  rm -rf "$work/run"
  ./cordee train examples/fashion-mnist.yaml --data $data --out "$work/run" --quiet --workers "$1" --threads "$2" \
    --metrics "127.0.0.1:$port" --set evaluate_every=1000000 --set digest_every=0 --set 'checkpoint={every: 0}' \
    --set "stop={rounds: $to}" 2>"$work/errors" &
  team=$!
  await 5
  if [ -n "${3:-}" ]; then
    slow=$(pgrep -P "$team" -f 'Main worker' | tail -n 1)
    echo "$slow" >"$group/cgroup.procs"
  fi
  await $from
  before=$(waits)
  await $((to - 10))
  after=$(waits)
  wait "$team" || { cat "$work/errors" >&2; return 1; }
  measured="$(milliseconds $from) $(echo "$before $after" | awk '{ printf "%.0f", 100 * ($3 - $1) / ($4 - $2) }')"
}

for ((turn = 1; turn <= turns; turn++)); do
  measure 1 1
  all=$measured
  measure 1 2
  all="$all $measured"
  measure 2 1
  all="$all $measured"
  measure 2 1 slow
  echo "$all $measured" | awk '{
    printf "2 x 1 thread %.0f ms (%d %% waiting), 1 x 2 %.0f ms, ratio %.2f; ", $5, $6, $3, $5 / $3
    printf "one at a quarter %.0f ms (%d %% waiting), ideal %.0f ms, ratio %.2f\n", $7, $8, $1 / 1.25, 1.25 * $7 / $1 }'
done
