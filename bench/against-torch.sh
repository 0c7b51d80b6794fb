#!/bin/bash
# Fashion-MNIST, 784-128-10, or made-up clicks, alternating with torch, each once it has warmed up:
#   bench/against-torch.sh [full|batches|clicks|clicks_kept] [TURNS]
# full: full-batch Rprop rounds, 2 workers of 1 thread, beside DDP over gloo; milliseconds a round. batches: mini-batches of
# 128 rows by Adam, in one process with 1 thread; seconds an epoch. clicks: 26 ids out of a million, 16 numbers an id, 64 hidden
# units, mini-batches of 8,192 rows by Adam, 2 workers of 1 thread, beside DDP with SparseAdam under the system's settings of
# malloc; milliseconds a round. clicks_kept: the same, but torch keeps what it has allocated, as in the first two.
# Needs Debian's python3-torch, libopenblas0-pthread (without it torch multiplies with the reference BLAS) and
# dataset-fashion-mnist.
set -euo pipefail
cd "$(dirname "$0")/.."

what=full
case ${1:-} in
  full | batches | clicks | clicks_kept) what=$1; shift ;;
  -h | --help) sed -n '2,9s/^# //p' "$0"; exit 0 ;;
esac
turns=${1:-5}
[[ $turns =~ ^[1-9][0-9]*$ ]] || { echo "expected full, batches, clicks or clicks_kept and how many turns; found '$turns'" >&2; exit 2; }
rounds=120
. bench/peers/torch.sh
require_torch

train() {
  rm -rf "$work/run"
  ./cordee train examples/fashion-mnist.yaml --data "$work" --out "$work/run" --quiet --threads 1 \
    --set evaluate_every=1000000 --set 'checkpoint={every: 0}' "$@" 2>"$work/errors" || { cat "$work/errors" >&2; return 1; }
}

torch_full() { python bench/peers/torch_rounds.py $data full 2 $rounds | median; }

cordee_full() {
  train --workers 2 --set "stop={rounds: $rounds}"
  awk -F, 'NR > 40 { print 1e3 * ($5 - last) } { last = $5 }' "$work/run/metrics.csv" | median
}

torch_batches() { python bench/peers/torch_rounds.py $data batches 8 | median; }

# 469 rounds an epoch.
cordee_batches() {
  train --in-process --workers 1 --set 'rule={name: adam}' --set batch=128 --set partitions=1 --set 'stop={rounds: 9380}'
  awk -F, '$1 % 469 == 0 { if ($1 > 4690) print $5 - last; last = $5 }' "$work/run/metrics.csv" | median
}

steps=(bench/peers/clicks_rounds.py "$work/clicks.csv" 1000012 2 sparseadam 8192 80)
torch_clicks() { USE_LIBUV=0 /usr/bin/python3 "${steps[@]}" | median; }
torch_clicks_kept() { USE_LIBUV=0 python "${steps[@]}" | median; }
cordee_clicks_kept() { cordee_clicks; }

cordee_clicks() {
  rm -rf "$work/run"
  ./cordee train "$work/clicks.yaml" --data "$work" --workers 2 --threads 1 --out "$work/run" --quiet
  awk -F, 'NR > 101 { print 1e3 * ($5 - last) } { last = $5 }' "$work/run/metrics.csv" | median
}

if [[ $what == clicks* ]]; then
  ./cordee data clicks --rows 400k --ids 1M --to "$work" >"$work/log"
  cat >"$work/clicks.yaml" <<YAML
model: {layers: [64, 1], output: sigmoid}
data:
  train: {format: csv, file: clicks.csv, label: click, classes: ['0', '1']}
  ids: {$(printf 'c%d: {dim: 16, hash: 38462}, ' {1..26})}
rule: {name: adam, learning_rate: 0.001}
batch: 8192
partitions: 2
digest_every: 0
checkpoint: {every: 0}
stop: {rounds: 300}
YAML
fi

unit=ms
[ $what != batches ] || unit=s
for ((turn = 1; turn <= turns; turn++)); do
  limit=$(torch_$what)
  measured=$(cordee_$what)
  echo "$measured $limit" | awk -v u=$unit '{ printf "cordee %.4g %s, torch %.4g %s, ratio %.2f\n", $1, u, $2, u, $1 / $2 }'
  echo "$measured $limit" | awk '{ print $1 / $2 }' >>"$work/ratios"
done
echo "median ratio $(median <"$work/ratios")"
