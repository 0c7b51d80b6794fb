#!/bin/bash
# A TorchScript network, full-batch iRprop- on Fashion-MNIST, alternating with what it is measured by; milliseconds a round:
#   bench/torchscript.sh [engine|ddp] [TURNS]
# engine: 1 worker of 1 thread, beside a loop of libtorch itself over the same micro-batches. ddp: 2 workers of 1 thread, beside
# torch's DistributedDataParallel over gloo, 2 processes of 1 thread. The network is examples/torch/lenet.pt.
# Both need dataset-fashion-mnist, and ddp Debian's python3-torch and libopenblas0-pthread (without it torch multiplies with the
# reference BLAS).
set -euo pipefail
cd "$(dirname "$0")/.."

what=engine
case ${1:-} in
  engine | ddp) what=$1; shift ;;
  -h | --help) sed -n '2,7s/^# //p' "$0"; exit 0 ;;
esac
turns=${1:-3}
[[ $turns =~ ^[1-9][0-9]*$ ]] || { echo "expected engine or ddp and how many turns; found '$turns'" >&2; exit 2; }
rounds=8
warm=2
micro_batch=256
model=$PWD/examples/torch/lenet.pt
. bench/peers/torch.sh
[ "$what" = engine ] || require_torch
cp "$model" examples/torch/lenet-irprop-minus.yaml "$work/"
./cordee model import "$work/lenet.pt" --inputs 784 >/dev/null

cordee_round() { # workers
  rm -rf "$work/run"
  ./cordee train "$work/lenet-irprop-minus.yaml" --data "$work" --out "$work/run" --quiet --workers "$1" --threads 1 \
    --set evaluate_every=1000000 --set 'checkpoint={every: 0}' --set "model.settings={micro_batch: $micro_batch}" \
    --set "stop={rounds: $rounds}" 2>"$work/errors" || { cat "$work/errors" >&2; return 1; }
  awk -F, -v w=$((warm + 2)) 'NR > w { print 1e3 * ($5 - last) } { last = $5 }' "$work/run/metrics.csv" | median
}

engine_round() {
  MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 java -cp "torch/target/classes:torch/target/test-classes:common/target/classes:$(cat "$work/classpath")" \
    io.cordee.torch.EngineLoop "$model" $data 60000 $micro_batch $rounds | tail -n +$((warm + 1)) | median
}

ddp_round() { python bench/peers/torch_ddp.py "$model" $data 2 $rounds $micro_batch | median; }

workers=2
if [ "$what" = engine ]; then
  workers=1
  mvn -q -ntp -B -Ptorch -pl torch -am -Dspotless.check.skip test-compile
  mvn -q -ntp -B -Ptorch -pl torch dependency:build-classpath -Dmdep.outputFile="$work/classpath"
fi
for ((turn = 1; turn <= turns; turn++)); do
  limit=$("${what}_round")
  measured=$(cordee_round $workers)
  echo "$measured $limit" | awk -v w="$what" '{ printf "cordee %.0f ms, %s %.0f ms, ratio %.2f\n", $1, w, $2, $1 / $2 }'
  echo "$measured $limit" | awk '{ print $1 / $2 }' >>"$work/ratios"
done
echo "median ratio $(median <"$work/ratios")"
