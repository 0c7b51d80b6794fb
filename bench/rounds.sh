#!/bin/bash
# Times rounds in one process on 2 threads, in milliseconds (medians):
#   bench/rounds.sh [OTHER_CHECKOUT [TURNS]]
# - 2,000 rounds of Rprop on the digits, the last 500 beside the 501st to 1,000th: late gradients are tiny, down to denormals;
# - tables of 30 and 100 dense columns, made up here, with 16 hidden units: beside another checkout, alternating, if one is given.
# Needs python3.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in -h | --help) sed -n '2,6s/^# //p' "$0"; exit 0 ;; esac
other=${1:-}
turns=${2:-3}
[ -z "$other" ] || [ -x "$other/cordee" ] || { echo "expected a checkout of Cordee; found no $other/cordee" >&2; exit 2; }
[[ $turns =~ ^[1-9][0-9]*$ ]] || { echo "expected a number of turns; found '$turns'" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# CHECKOUT JOB [OPTION...]
train() {
  local checkout=$1 job=$2
  shift 2
  rm -rf "$work/run"
  "$checkout/cordee" train "$job" --out "$work/run" --quiet --in-process --workers 1 --threads 2 \
    --set evaluate_every=1000000 --set 'checkpoint={every: 0}' "$@" 2>"$work/errors" || { cat "$work/errors" >&2; return 1; }
}

# FROM TO: the median of these rounds.
milliseconds() { awk -F, -v a="$1" -v b="$2" 'NR > a + 1 && NR <= b + 1 { print 1e3 * ($5 - last) } { last = $5 }' "$work/run/metrics.csv" | median; }

for ((turn = 1; turn <= turns; turn++)); do
  train . examples/digits-rprop.yaml --set 'stop={rounds: 2000}'
  early=$(milliseconds 500 1000)
  late=$(milliseconds 1500 2000)
  echo "$late $early" | awk '{ printf "digits: late rounds %.3f ms, early ones %.3f ms, ratio %.2f\n", $1, $2, $1 / $2 }'
done

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
  cat >"$work/$1.yaml" <<YAML
name: narrow
model: {layers: [$1, 16, 2]}
data: {train: {format: csv, file: $1.csv, label: label, classes: [0, 1]}}
rule: {name: rprop}
partitions: 8
stop: {rounds: 1500}
YAML
}

for shape in "30 60000" "100 30000"; do
  read -r columns rows <<<"$shape"
  table "$columns" "$rows"
  for ((turn = 1; turn <= turns; turn++)); do
    train . "$work/$columns.yaml" --data "$work"
    here=$(milliseconds 500 1500)
    if [ -z "$other" ]; then
      echo "$columns columns, $rows rows: $here ms"
    else
      train "$other" "$work/$columns.yaml" --data "$work"
      echo "$here $(milliseconds 500 1500)" |
        awk -v w="$columns columns, $rows rows" '{ printf "%s: %.2f ms, there %.2f ms, ratio %.2f\n", w, $1, $2, $1 / $2 }'
    fi
  done
done
