#!/bin/bash
# A round of a small convolutional network on 20,000 rows of Fashion-MNIST, full-batch iRprop-, by 2 workers of cordee.fit and, by
# turns, by torch's DistributedDataParallel over gloo with 2 processes; milliseconds:
#   bench/fit-against-ddp.sh [TURNS]
# Needs Debian's python3-torch, libopenblas0-pthread (without it torch multiplies with the reference BLAS) and
# dataset-fashion-mnist.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  -h | --help) sed -n '2,6s/^# //p' "$0"; exit 0 ;;
esac
turns=${1:-5}
[[ $turns =~ ^[1-9][0-9]*$ ]] || { echo "expected how many turns; found '$turns'" >&2; exit 2; }
rounds=60
. bench/peers/torch.sh
require_torch
sh python/generate.sh
./cordee --version >/dev/null

for ((turn = 1; turn <= turns; turn++)); do
  limit=$(python bench/peers/fit_rounds.py ddp $data 2 $rounds | median)
  measured=$(python bench/peers/fit_rounds.py cordee $data 2 $rounds | median)
  echo "$measured $limit" | awk '{ printf "cordee %.0f ms, DDP %.0f ms, ratio %.2f\n", $1, $2, $1 / $2 }'
  echo "$measured $limit" | awk '{ print $1 / $2 }' >>"$work/ratios"
done
echo "median ratio $(median <"$work/ratios")"
