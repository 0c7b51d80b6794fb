#!/bin/bash
# A round of a model with a table, against the table's size: 26 ids a row, 16 numbers an id, 200,000 rows, two workers of one thread.
#   bench/tables.sh [IDS...]     (default: 1M 4M; 16M takes CORDEE_JAVA_OPTS=-Xmx9g)
#   bench/tables.sh growth       1M ids, and the same spread over 100M, one number an id, all rows by irprop-, three turns
# Prints, for all rows by irprop- and for batches of 8,192 by irprop- and adam, the median milliseconds of a round and the MB that it
# moves through the loopback, up to 100,000 ids beside those of a dense layer. Runs in a network namespace of its own; needs root, and
# some 20 bytes of memory for each number. bench/tables_picture.py draws what it prints.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in -h | --help) sed -n '2,7s/^# //p' "$0"; exit 0 ;; esac
sizes=("${@:-1M}")
[ $# -gt 0 ] || sizes=(1M 4M)
if [ -z "${IN_NAMESPACE:-}" ]; then
  exec env IN_NAMESPACE=1 unshare --net -- bash -c 'ip link set lo up && exec "$0" "$@"' "$PWD/bench/tables.sh" "${sizes[@]}"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

moved() { awk '$1 == "lo:" { print $2 }' /proc/net/dev; }

draw() { # IDS
  ./cordee data clicks --rows 200k --ids "$1" --format libsvm --to "$folder" --force >"$work/log"
}

count() { awk '{ split($NF, f, ":"); if (f[1] > most) most = f[1] } END { print most }' "$folder/clicks.libsvm"; }

folder=$work
units="16, 1"

# RULE BATCH ROUNDS [true | false: sparse or dense]
measure() {
  cat >"$work/job.yaml" <<YAML
model: {layers: [$features, $units], output: sigmoid, sparse: ${4:-true}}
data: {train: {format: libsvm, file: clicks.libsvm, classes: ['0', '1']}}
rule: $1
batch: $2
partitions: 8
digest_every: 0
checkpoint: {every: 0}
stop: {rounds: $3}
YAML
  local before
  before=$(moved)
  rm -rf "$work/run"
  ./cordee train "$work/job.yaml" --data "$folder" --workers 2 --threads 1 --out "$work/run" --quiet
  awk -F, 'NR > 6 { print 1e3 * ($5 - last) } { last = $5 }' "$work/run/metrics.csv" | sort -g |
    awk -v what="$ids ids, $1, batch $2${4:+, dense}" -v mb="$((($(moved) - before) / $3))e-6" '
      { v[NR] = $1 } END { printf "%s: %.1f ms, %.1f MB\n", what, v[int((NR + 1) / 2)], mb }'
}

if [ "${sizes[0]}" = growth ]; then
  units=1
  mkdir "$work"/1M "$work"/100M
  folder=$work/1M
  draw 1M
  awk '{ for (i = 2; i <= NF; i++) { split($i, f, ":"); $i = 100 * f[1] ":" f[2] } print }' \
    "$work/1M/clicks.libsvm" >"$work/100M/clicks.libsvm"
  for ids in 1M 100M 1M 100M 1M 100M; do
    folder=$work/$ids
    features=$(count)
    measure irprop- full 100 | tee -a "$work/growth"
  done
  sort -k1,1 -k6,6g "$work/growth" |
    awk '{ v[$1, ++n[$1]] = $6 } END { printf "growth of the medians: %.2f\n", v["100M", 2] / v["1M", 2] }'
  exit
fi

for ids in "${sizes[@]}"; do
  draw "$ids"
  features=$(count)
  measure irprop- full 16
  measure irprop- 8192 40
  measure adam 8192 40
  if [ "$features" -le 100000 ]; then
    measure irprop- full 16 false
    measure irprop- 8192 40 false
    measure adam 8192 40 false
  fi
done
