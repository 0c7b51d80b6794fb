#!/bin/bash
# Rows on disk: prepared rows beside rows in the heap, streams beside dd, starts beside Java's own, parsing beside pandas; memory for sparse rows.
#   bench/rows.sh [GB [LIMIT_MB]]     (default: 4 GB of floats in a cgroup of 512 MB)
# Rows are those of cordee data flights and fashion-mnist, and floats made up. Wants root, for the cgroup (version 1) and an empty
# page cache, and python3-pandas.
set -euo pipefail
. "$(dirname "$0")/common.sh"
gb=${1:-4} limit=${2:-512}
trap 'rmdir /sys/fs/cgroup/memory/rows 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/none" && touch "$work/none/locks" # nothing can be prepared there
flights=${FLIGHTS:-data} python=${PYTHON:-/usr/bin/python3}

seconds() { local from=$EPOCHREALTIME; "$@" >"$work/log" 2>&1; awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", b - a }'; }
# JOB CACHE ROUNDS [OPTION...]: one worker in a process of its own
train() { rm -rf "$work/run"; ./cordee train "$1" --cache "$2" --set "stop.rounds=$3" --workers 1 --out "$work/run" --quiet "${@:4}"; }
until_round() {
  local from=$EPOCHREALTIME
  train "$@"
  awk -v a="$from" -v b="$(date -d "$(sed -n 's/ .* started with .*//p' "$work/run/run.log")" +%s.%N)" 'BEGIN { printf "%.2f\n", b - a }'
}
rate() { printf '%.2e\n' "$(awk -F, 'NR > 4 { print $6 }' "$work/run/metrics.csv" | median)"; }

cat >"$work/flights.yaml" <<'YAML'
data:
  train: {format: csv, file: flights/flights.csv, label: late, ignore: [origin, destination]}
  preprocess: standardize
model: {layers: [4, 32, 1], output: sigmoid}
optimizer: irprop-
partitions: 16
YAML
cat >"$work/floats.yaml" <<'YAML'
data: {train: {format: npy, features: x.npy, labels: y.npy}}
model: {layers: [256, 1], output: sigmoid}
optimizer: irprop-
partitions: 64
digest_every: 0
YAML

./cordee --version >"$work/log" # builds
echo "parsing 3 M flights, s: pandas, first start of one round, second start; bare java"
seconds "$python" -c "import pandas; pandas.read_csv('$flights/flights/flights.csv')"
seconds train "$work/flights.yaml" "$work/cache" 1 --data "$flights"
seconds train "$work/flights.yaml" "$work/cache" 1 --data "$flights"
seconds ./cordee --version
cat >"$work/all.yaml" <<'YAML'
data:
  train: {format: csv, file: flights/flights.csv, label: late}
  ids: {origin: {dim: 1, rows: 230}, destination: {dim: 1, rows: 229}}
  preprocess: standardize
model: {inputs: 6, layers: [1], output: sigmoid}
optimizer: irprop-
partitions: 16
YAML
cat >"$work/Parse.java" <<'JAVA'
import io.cordee.common.job.file.JobFile;
import io.cordee.worker.data.*;
import io.cordee.worker.data.rows.Partitions;
import java.nio.file.Path;
import java.util.List;

class Parse {
  public static void main(String[] args) throws Exception {
    var job = JobFile.read(Path.of(args[0]), List.of());
    var wanted = job.data().preprocessing();
    var rows = DataSources.open(job.data().train(), job.model(), new DataFolder(Path.of(args[1]), ""), wanted);
    var partitions = Partitions.of(rows, job.partitions()); // counts rows, and finds where they begin
    while (System.in.read() >= 0) {
      long begun = System.nanoTime();
      rows.preprocessed(wanted, partitions); // statistics of numbers and ids
      System.out.println((System.nanoTime() - begun) / 1e9);
    }
  }
}
JAVA
echo "a pass over all columns of rows that are counted, rows/s by turns: pandas, Cordee, ratio; the first turn is cold"
"$python" - "$flights/flights/flights.csv" \
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "cli/target/*:cli/target/lib/*" "$work/Parse.java" "$work/all.yaml" "$flights" <<'PY'
import subprocess
import sys
import time
import pandas
own = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
for _ in range(6):
    begun = time.perf_counter()
    rows = len(pandas.read_csv(sys.argv[1]))
    theirs = time.perf_counter() - begun
    print("\n", end="", file=own.stdin, flush=True)
    ours = float(own.stdout.readline())
    print(f"{rows / theirs:.2e} {rows / ours:.2e} {theirs / ours:.2f}")
own.stdin.close()
PY
echo "second start until the first round begins, s: flights, Fashion-MNIST"
until_round "$work/flights.yaml" "$work/cache" 1 --data "$flights"
train examples/fashion-mnist.yaml "$work/cache" 1 --data "$flights"
until_round examples/fashion-mnist.yaml "$work/cache" 1 --data "$flights"

echo "rows/s, in the heap and prepared, by turns"
for _ in 1 2 3; do
  train "$work/flights.yaml" "$work/none" 30 --data "$flights"
  rate
  train "$work/flights.yaml" "$work/cache" 30 --data "$flights"
  rate
done

"$python" - "$work" "$gb" <<'PY'
import sys
import numpy as np
rows = int(float(sys.argv[2]) * 1e6)  # of 1 kB
x = np.lib.format.open_memmap(sys.argv[1] + "/x.npy", "w+", np.float32, (rows, 256))
some = np.random.default_rng(1).random((50_000, 256), dtype=np.float32)
for at in range(0, rows, len(some)):
    x[at : at + len(some)] = some[: rows - at]
np.save(sys.argv[1] + "/y.npy", (np.arange(rows) % 2).astype(np.uint8))
PY
echo "$gb GB within $limit MB, MB/s: dd, rounds"
train "$work/floats.yaml" "$work/stream" 1 --data "$work" # prepares
mkdir /sys/fs/cgroup/memory/rows
echo $((limit << 20)) >/sys/fs/cgroup/memory/rows/memory.limit_in_bytes
within() { (echo "$BASHPID" >/sys/fs/cgroup/memory/rows/cgroup.procs && exec "$@"); }
export -f train
export work
for _ in 1 2 3; do
  sync && echo 3 >/proc/sys/vm/drop_caches
  time=$(seconds within bash -c 'for f in "$work"/stream/rows/*/train-*; do dd if="$f" of=/dev/null bs=1M; done')
  awk -v bytes="$(du -b --total "$work"/stream/rows/*/train-* | tail -n 1)" -v s="$time" 'BEGIN { printf "%.0f\n", bytes / 1e6 / s }'
  CORDEE_JAVA_OPTS=-Xmx256m within bash -c 'train "$work/floats.yaml" "$work/stream" 9 --data "$work" --in-process'
  awk -v rate="$(rate)" 'BEGIN { printf "%.0f\n", rate * 1.024e-3 }'
done

"$python" - "$work/rows.svm" <<'PY'
import random
import sys
random.seed(1)
entries = [f"{i + 1}:{i % 9 + 1}" for i in range(40_000)]
with open(sys.argv[1], "w") as file:
    for row in range(300_000):
        file.write(f"{row % 2} {' '.join(entries[i] for i in sorted(random.sample(range(40_000), 100)))}\n")
PY
cat >"$work/sparse.yaml" <<'YAML'
data: {train: {format: libsvm, file: rows.svm, classes: ['0', '1']}}
model: {layers: [40000, 16, 1], output: sigmoid}
optimizer: irprop-
partitions: 16
YAML
echo "300,000 rows of 40,000 features, 100 set, heap of 128 MB: most memory, MB"
export CORDEE_JAVA_OPTS=-Xmx128m
"$python" -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)' \
  ./cordee train "$work/sparse.yaml" --cache "$work/sparse" --data "$work" --out "$work/run2" --rounds 4 --workers 1 --in-process --quiet
