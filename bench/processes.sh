#!/bin/bash
# Times rounds of 128 rows of Fashion-MNIST (784-128-10, Adam, one compute thread): a server and a worker as processes, beside the
# same in one process. Medians, in microseconds, of rounds 8,001 to 16,000, when Java's compilers are nearly done.
#   bench/processes.sh [TURNS]
# Needs Debian's dataset-fashion-mnist.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in -h | --help) sed -n '2,5s/^# //p' "$0"; exit 0 ;; esac
turns=${1:-3}
[[ $turns =~ ^[1-9][0-9]*$ ]] || { echo "expected a number of turns; found '$turns'" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# OPTION...: the median round's time.
microseconds() {
  rm -rf "$work/run"
  ./cordee train examples/fashion-mnist.yaml --data /usr/share/datasets/fashion-mnist --out "$work/run" --quiet --workers 1 \
    --threads 1 --set rule=adam --set batch=128 --set partitions=1 --set evaluate_every=1000000 --set digest_every=0 \
    --set 'checkpoint={every: 0}' --set 'stop={rounds: 16000}' "$@" >/dev/null 2>"$work/errors" || { cat "$work/errors" >&2; return 1; }
  awk -F, 'NR > 8001 { print 1e6 * ($5 - last) } { last = $5 }' "$work/run/metrics.csv" |
    sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for ((turn = 1; turn <= turns; turn++)); do
  one=$(microseconds --in-process)
  two=$(microseconds)
  echo "$two $one" | awk '{ printf "processes %.0f us, one process %.0f us, ratio %.2f\n", $1, $2, $1 / $2 }'
done
