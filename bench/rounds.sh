#!/bin/bash
# Rounds beside other rounds, by turns; medians, in milliseconds:
#   bench/rounds.sh digits|processes|OTHER_CHECKOUT [TURNS]
# digits: 2,000 rounds of Rprop on the digits, the last 500 beside the 501st to 1,000th: late gradients are tiny, down to denormals.
# processes: 128 rows of Fashion-MNIST a round (784-128-10, Adam, one compute thread), by a server and a worker as processes, beside
# the same in one process; rounds 8,001 to 16,000, when Java's compilers are nearly done.
# OTHER_CHECKOUT: tables of 30 and 100 dense columns, made up here, with 16 hidden units, beside the other checkout's rounds.
# Where nothing else is said, in one process on 2 threads. Needs python3; Debian's dataset-fashion-mnist for processes.
set -euo pipefail
. "$(dirname "$0")/common.sh"

what=${1:-}
turns=${2:-3}
require_turns "$turns"
alone=(--in-process --workers 1 --threads 2)

table() { # COLUMNS ROWS
  python3 - "$@" >"$work/$1.csv" <<'PYTHON'
import random, sys
columns, rows = int(sys.argv[1]), int(sys.argv[2])
draw = random.Random(columns).gauss
print(",".join(["label"] + [f"c{i}" for i in range(columns)]))
for _ in range(rows):
    x = [draw(0, 1) for _ in range(columns)]
    print(",".join([str(int(sum(x[:5]) > 0))] + ["%.4f" % v for v in x]))
PYTHON
  cat >"$work/table.yaml" <<YAML
name: narrow
model: {layers: [$1, 16, 2]}
data: {train: {format: csv, file: $1.csv, label: label, classes: [0, 1]}}
optimizer: {name: rprop}
partitions: 8
stop: {rounds: 1500}
YAML
}

case $what in
  digits)
    # A turn's early rounds are measured first, and its late ones are of the same run.
    early() { train examples/digits-rprop.yaml "${alone[@]}" --set 'stop={rounds: 2000}' && milliseconds 500 1000; }
    late() { milliseconds 1500 2000; }
    by_turns "$turns" ms late early
    ;;
  processes)
    require_images
    small=(examples/fashion-mnist.yaml --data $data --workers 1 --threads 1 --set optimizer=adam --set batch=128 --set partitions=1
      --set digest_every=0 --set 'stop={rounds: 16000}')
    processes() { train "${small[@]}" && milliseconds 8000; }
    one_process() { train "${small[@]}" --in-process && milliseconds 8000; }
    by_turns "$turns" ms processes one_process
    ;;
  *)
    [ -x "$what/cordee" ] || { echo "expected digits, processes or a checkout of Cordee; found no '$what/cordee'" >&2; exit 2; }
    here() { train "$work/table.yaml" --data "$work" "${alone[@]}" && milliseconds 500; }
    there() { checkout=$what here; }
    for shape in "30 60000" "100 30000"; do
      echo "columns and rows: $shape"
      # shellcheck disable=SC2086
      table $shape
      by_turns "$turns" ms here there
    done
    ;;
esac
