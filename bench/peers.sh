#!/bin/bash
# Four emulated hosts (see bench/hosts.sh for MBIT and DELAY_MS), Cordee beside torch over gloo, alternating:
#   bench/peers.sh [TURNS [PARTS]]
# Rounds of 1 million parameters with next to no gradient, after half a minute to two of warm-up for four Java compilers on two
# cores, and Fashion-MNIST, 784-128-10, until 0.87 of the test rows are right, by peers and with a server beside the first of
# four workers. PARTS are of "rounds fashion" (default: both). Every host computes by one thread. Prints medians over the turns;
# bytes are those of the host that moved the most.
# Needs root, gcc, and Debian's python3-torch, libopenblas0-pthread (without it torch multiplies with the reference BLAS) and
# dataset-fashion-mnist.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. bench/hosts.sh
turns=${1:-1}
parts=${2:-rounds fashion}
for part in $parts; do
  case $part in rounds | fashion) ;; *)
    echo "expected rounds or fashion; found '$part'" >&2
    exit 2
    ;;
  esac
done
require_turns "$turns"
require_torch

count=4
parameters=1000000
accuracy=0.87
warm=$((100 + mbit * 6 / 10))
rounds=$((warm + 20 + mbit / 20))
examples=$PWD/examples
started=()

clean() {
  kill "${started[@]}" 2>/dev/null || true
  remove_hosts
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 1' TERM

# ---- processes on hosts ----

# HOST COMMAND...: starts it there; should it fail, so does this script.
start() {
  local log=$work/log${#started[@]}
  {
    on_host "$@" >"$log" 2>&1 || {
      echo "exit code $? on host $*:" | cat - "$log" >&2
      kill $$
    }
  } &
  started+=($!)
}

finish() {
  wait "${started[@]}"
  started=()
}

# Bytes sent and received so far, a line for each host.
counters() {
  for ((number = 1; number <= count; number++)); do
    on_host $number cat /sys/class/net/eth0/statistics/{tx,rx}_bytes | paste -s
  done
}

# BEFORE AFTER ROUNDS: bytes sent and received per round by the host that moved the most.
busiest() {
  paste "$1" "$2" | awk -v r="$3" '
    { s = ($3 - $1) / r; g = ($4 - $2) / r; if (s + g > sent + got) { sent = s; got = g } }
    END { printf "%.0f %.0f\n", sent, got }'
}

# ---- Cordee ----

# JOB [OPTION...]: trains it by peers, into $work/run.
start_peers() {
  local job=$1
  shift
  rm -rf "$work/run"
  for ((number = 1; number <= count; number++)); do
    start $number ./cordee peer --index $((number - 1)) --of $count --lead 10.97.0.1:7311 --listen 10.97.0.$number:7311 \
      --insecure --threads 1 --data $data --data "$work" --job "$job" "$@" --out "$work/run" --quiet
  done
}

# JOB [OPTION...]: the same with a server on host 1 and a worker on each host.
start_workers() {
  local job=$1
  shift
  rm -rf "$work/run"
  start 1 ./cordee server --listen 10.97.0.1:7311 --workers $count --insecure --job "$job" "$@" --out "$work/run" --quiet
  for ((number = 1; number <= count; number++)); do
    start $number ./cordee worker --server 10.97.0.1:7311 --insecure --threads 1 --data $data
  done
}

await_round() {
  until awk -F , -v r="$1" 'END { exit $1 + 0 < r }' "$work/run/metrics.csv" 2>/dev/null; do sleep 0.02; done
}

last_round() { tail -n 1 "$work/run/metrics.csv" | cut -d , -f "$1"; }

# WEIGHTS GRADIENTS OPTIMIZER: rounds of a softmax regression on four rows, which are equal but for their classes, so that there always is a
# gradient. Bytes are counted before the time is taken.
cordee_rounds() {
  start_peers "$work/flat.yaml" --set "compression.weights=$1" --set "compression.gradients=$2" --set "optimizer=$3" --set "stop={rounds: $rounds}"
  await_round 2
  counters >"$work/before"
  await_round $warm
  counters >"$work/after"
  finish
  milliseconds $warm
  busiest "$work/before" "$work/after" $((warm - 2))
}

make_flat_job() {
  /usr/bin/python3 - "$work" $((parameters / 10 - 1)) <<'PYTHON'
import sys
import numpy
folder, columns = sys.argv[1], int(sys.argv[2])
row = numpy.random.default_rng(1).integers(1, 256, columns, numpy.uint8)
numpy.save(folder + "/rows.npy", numpy.tile(row, (4, 1)))
numpy.save(folder + "/classes.npy", numpy.arange(4))
PYTHON
  cat >"$work/flat.yaml" <<YAML
name: flat
model: {layers: [$((parameters / 10 - 1)), 10]}
data: {train: {format: npy, features: rows.npy, labels: classes.npy, scale: 255}}
partitions: 4
digest_every: 0
evaluate_every: 1000000
checkpoint: {every: 0}
YAML
}

# EXAMPLE [OPTION...]: how many rounds it needs; the weights after each do not depend on the team.
rounds_to_accuracy() {
  local job=$examples/$1.yaml
  shift
  rm -rf "$work/run"
  ./cordee train "$job" --data $data --out "$work/run" --in-process --workers 1 --quiet \
    --set evaluate_every=1 --set "stop={rounds: 1000, accuracy: $accuracy}" "$@" >/dev/null
  last_round 1
}

# peers|workers EXAMPLE ROUNDS [OPTION...]
cordee_fashion() {
  local team=$1 job=$examples/$2.yaml rounds=$3
  shift 3
  counters >"$work/before"
  "start_$team" "$job" --set evaluate_every=1000000 --set digest_every=0 --set 'checkpoint={every: 0}' \
    --set "stop={rounds: $rounds}" "$@"
  finish
  counters >"$work/after"
  last_round 5
  busiest "$work/before" "$work/after" 1
  last_round 4
}

# ---- torch ----

# ARGUMENT...: what rank 0 prints, into $work/baseline.
gloo() {
  for ((number = count; number >= 1; number--)); do
    start $number env RANK=$((number - 1)) WORLD_SIZE=$count MASTER_ADDR=10.97.0.1 MASTER_PORT=29715 GLOO_SOCKET_IFNAME=eth0 \
      "${python[@]}" bench/baselines/gloo_rounds.py "$@"
  done
  local log=$work/log$((count - 1))
  finish
  mv "$log" "$work/baseline"
}

printed() { sed -n "s/^$1 //p" "$work/baseline"; }

gloo_rounds() {
  gloo rounds "$1" $parameters "$rounds" $warm
  printed milliseconds
  echo "$(printed sent) $(printed received)"
}

gloo_fashion() {
  gloo ddp $data "$1" $accuracy
  printed seconds
  echo "$(printed sent) $(printed received)"
  printed accuracy
}

# ---- the table ----

# WAY COMMAND...: adds what it prints to the results: time, bytes sent and received, and perhaps accuracy.
measure() {
  local way=$1
  shift
  echo "$way" >&2
  "$@" >"$work/measured"
  { echo "$way"; tr ' ' '\n' <"$work/measured"; } | paste -s >>"$work/results"
}

# WAY: medians of time, bytes sent, bytes received and accuracy; - where it was not measured.
medians() {
  for column in 2 3 4 5; do
    awk -F '\t' -v w="$1" -v c=$column '$1 == w { print (c > NF ? "-" : $c) }' "$work/results" | median
  done | paste -s -d ' '
}

# UNIT BASELINE WAY...: lines of the table for the baseline and for what is measured by it.
rows() {
  local unit=$1 baseline=$2 way
  shift
  for way in "$@"; do
    echo "$(medians "$way") $(medians "$baseline")" | awk -v w="$way" -v u="$unit" '{
      printf "| %s | %.3g %s | %s | %.2f / %.2f | %.2f | %.2f |\n", w, $1, u, $4, $2 / 1e6, $3 / 1e6, $1 / $5, ($2 + $3) / ($6 + $7)
    }'
  done
}

./cordee --version >/dev/null
make_hosts "$work" $count
make_flat_job
rprop='{name: rprop, initial_step: 0.001}'
outer='optimizer={name: irprop-, initial_step: 0.02, max_step: 0.05}'
if [[ $parts = *fashion* ]]; then
  local_rounds=$(rounds_to_accuracy fashion-mnist-local)
  signs_rounds=$(rounds_to_accuracy fashion-mnist-local --set "$outer")
  full_rounds=$(rounds_to_accuracy fashion-mnist)
  local_way="Cordee, local steps, $local_rounds rounds"
  signs_way="Cordee, local steps under irprop-, $signs_rounds rounds"
  full_way="Cordee, Rprop on all rows, $full_rounds rounds"
fi
for ((turn = 1; turn <= turns; turn++)); do
  if [[ $parts = *rounds* ]]; then
    measure "Rprop, gloo" gloo_rounds rprop
    measure "Rprop, Cordee, signs down" cordee_rounds signs float32 "$rprop"
    measure "Rprop, Cordee, signs down, bfloat16 up" cordee_rounds signs bfloat16 "$rprop"
    measure "Rprop, Cordee, signs down, int8 up" cordee_rounds signs int8 "$rprop"
    measure "Adam, gloo" gloo_rounds adam
    measure "Adam, Cordee, floats down" cordee_rounds floats float32 adam
    measure "Adam, Cordee, floats down, bfloat16 up" cordee_rounds floats bfloat16 adam
    measure "Adam, Cordee, floats down, int8 up" cordee_rounds floats int8 adam
  fi
  if [[ $parts = *fashion* ]]; then
    measure "DDP, Adam, batches of 4 x 128" gloo_fashion 128
    measure "DDP, Adam, batches of 4 x 512" gloo_fashion 512
    measure "$local_way" cordee_fashion peers fashion-mnist-local "$local_rounds"
    measure "$signs_way" cordee_fashion peers fashion-mnist-local "$signs_rounds" --set "$outer"
    measure "$full_way" cordee_fashion peers fashion-mnist "$full_rounds"
    measure "$local_way, with a server" cordee_fashion workers fashion-mnist-local "$local_rounds"
    measure "$full_way, with a server" cordee_fashion workers fashion-mnist "$full_rounds"
  fi
done
echo "$mbit Mbit/s, $delay ms, medians of $turns turns; ratios are to the first line of each kind"
echo
echo "| way | time | accuracy | MB sent / received by the busiest host | time, ratio | bytes, ratio |"
echo "| --- | --- | --- | --- | --- | --- |"
if [[ $parts = *rounds* ]]; then
  rows ms "Rprop, gloo" "Rprop, Cordee, signs down" "Rprop, Cordee, signs down, bfloat16 up" \
    "Rprop, Cordee, signs down, int8 up"
  rows ms "Adam, gloo" "Adam, Cordee, floats down" "Adam, Cordee, floats down, bfloat16 up" \
    "Adam, Cordee, floats down, int8 up"
fi
if [[ $parts = *fashion* ]]; then
  rows s "DDP, Adam, batches of 4 x 128" "DDP, Adam, batches of 4 x 512" \
    "$local_way" "$signs_way" "$full_way" "$local_way, with a server" "$full_way, with a server"
fi
