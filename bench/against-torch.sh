#!/bin/bash
# Full-batch Rprop rounds on Fashion-MNIST, 784-128-10, 2 workers of 1 thread, alternating with torch's DDP over gloo, each once
# it has warmed up for 40 rounds:
#   bench/against-torch.sh [TURNS]
# Needs Debian's python3-torch, libopenblas0-pthread (without it torch multiplies with the reference BLAS) and
# dataset-fashion-mnist.
set -euo pipefail
cd "$(dirname "$0")/.."

turns=${1:-5}
rounds=120
data=/usr/share/datasets/fashion-mnist
[ -d $data ] || { echo "nothing in $data; apt-get install dataset-fashion-mnist" >&2; exit 1; }
/usr/bin/python3 -c "import torch" || { echo "apt-get install python3-torch libopenblas0-pthread" >&2; exit 1; }
case $(readlink -f "/usr/lib/$(uname -m)-linux-gnu/libblas.so.3") in
  *openblas*) ;;
  *) echo "torch would multiply with the reference BLAS; apt-get install libopenblas0-pthread" >&2; exit 1 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/fashion-mnist"
ln -s $data/*.gz "$work/fashion-mnist/"

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# Torch keeps what it has allocated, instead of giving it back to the system after each round.
torch() {
  OMP_NUM_THREADS=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 \
    /usr/bin/python3 bench/torch-ddp.py $data 2 $rounds | median
}

cordee() {
  rm -rf "$work/run"
  ./cordee train examples/fashion-mnist.yaml --data "$work" --out "$work/run" --quiet --workers 2 --threads 1 \
    --set "stop={rounds: $rounds}" --set evaluate_every=1000 --set 'checkpoint={every: 0}'
  awk -F, 'NR > 40 { print 1e3 * ($5 - last) } { last = $5 }' "$work/run/metrics.csv" | median
}

for ((turn = 1; turn <= turns; turn++)); do
  limit=$(torch)
  measured=$(cordee)
  echo "$measured $limit" | awk '{ printf "cordee %.0f ms, torch %.0f ms, ratio %.2f\n", $1, $2, $1 / $2 }'
  echo "$measured $limit" | awk '{ print $1 / $2 }' >>"$work/ratios"
done
echo "median ratio $(median <"$work/ratios")"
