#!/bin/bash
# Rounds beside torch's, by turns, each once it has warmed up:
#   bench/against-torch.sh [full|batches|clicks|clicks_kept|fit] [TURNS]
# full: full-batch Rprop rounds of Fashion-MNIST, 784-128-10, 2 workers of 1 thread, beside DDP over gloo; milliseconds a round.
# batches: the same network's mini-batches of 128 rows by Adam, in one process with 1 thread; seconds an epoch. clicks: 26 ids out of
# a million, 16 numbers an id, 64 hidden units, mini-batches of 8,192 rows by Adam, 2 workers of 1 thread, beside DDP with SparseAdam
# under the system's settings of malloc; milliseconds a round. clicks_kept: the same, but torch keeps what it has allocated, as in
# the others. fit: full-batch irprop- rounds of a small convolutional network on 20,000 rows of Fashion-MNIST, by 2 workers of
# cordee.fit, beside DDP over gloo with 2 processes; milliseconds a round.
# Needs Debian's python3-torch, libopenblas0-pthread (without it torch multiplies with the reference BLAS) and
# dataset-fashion-mnist.
set -euo pipefail
. "$(dirname "$0")/common.sh"

what=full
case ${1:-} in full | batches | clicks | clicks_kept | fit) what=$1; shift ;; esac
turns=${1:-5}
require_turns "$turns"
require_torch
unit=ms
images=(examples/fashion-mnist.yaml --data $data --threads 1)

case $what in
  full)
    cordee() { train "${images[@]}" --workers 2 --set 'stop={rounds: 120}' && milliseconds 40; }
    torch() { python bench/baselines/torch_rounds.py $data full 2 120 | median; }
    ;;
  batches)
    unit=s
    # 469 rounds an epoch.
    cordee() {
      train "${images[@]}" --in-process --workers 1 --set optimizer=adam --set batch=128 --set partitions=1 --set 'stop={rounds: 9380}' &&
        awk -F, '$1 % 469 == 0 { if ($1 > 4690) print $5 - last; last = $5 }' "$work/run/metrics.csv" | median
    }
    torch() { python bench/baselines/torch_rounds.py $data batches 8 | median; }
    ;;
  clicks*)
    ./cordee data clicks --rows 400k --ids 1M --to "$work" >"$work/log"
    cat >"$work/clicks.yaml" <<YAML
model: {layers: [64, 1], output: sigmoid}
data:
  train: {format: csv, file: clicks.csv, label: click, classes: ['0', '1']}
  ids: {$(printf 'c%d: {dim: 16, hash: 38462}, ' {1..26})}
optimizer: {name: adam, learning_rate: 0.001}
batch: 8192
partitions: 2
digest_every: 0
stop: {rounds: 300}
YAML
    cordee() { train "$work/clicks.yaml" --data "$work" --workers 2 --threads 1 && milliseconds 100; }
    keeping=python
    [ $what = clicks_kept ] || keeping=/usr/bin/python3
    torch() { USE_LIBUV=0 $keeping bench/baselines/clicks_rounds.py "$work/clicks.csv" 1000012 2 8192 80 | median; }
    ;;
  fit)
    ./cordee --version >"$work/log"
    cordee() { python bench/baselines/fit_rounds.py cordee $data 2 60 | median; }
    torch() { python bench/baselines/fit_rounds.py ddp $data 2 60 | median; }
    ;;
esac
by_turns "$turns" $unit cordee torch
