#!/usr/bin/env bash
# Trains a network of PyTorch with teams of one, two and three processes, one of which is killed: the same digests. Then has the
# trained module written; and libtorch loaded where the system has another one. Needs Fashion-MNIST where Debian's package dataset-fashion-mnist has it, and what ./cordee builds.
set -euo pipefail
cd "$(dirname "$0")/.."
place=$(mktemp -d)
training=
trap '[ -z "$training" ] || kill "$training" 2>/dev/null || true; rm -rf "$place"' EXIT

train() { ./cordee train examples/torch/cnn-adam.yaml --data /usr/share/datasets --threads 1 --rounds 30 --batch 64 --quiet "$@"; }
digests() { cut -d, -f1,"$(head -n 1 "$1" | tr , '\n' | grep -n '^digest$' | cut -d: -f1)" "$1"; }

for workers in 1 2; do
  train --workers "$workers" --out "$place/$workers"
done
diff <(digests "$place/1/metrics.csv") <(digests "$place/2/metrics.csv")
echo "ok: a team of two has the digests of one worker"

train --workers 3 --out "$place/3" &
training=$!
until [ "$(wc -l 2>/dev/null <"$place/3/metrics.csv" || echo 0)" -gt 10 ]; do
  kill -0 "$training"
  sleep 0.1
done
# The workers are children of the command, which is a child of the shell that runs it.
pkill -KILL -P "$(pgrep -P "$training" -f cordee.cli.Main)" -f "Main worker .*--name[ =]worker-2"
wait "$training"
training=
diff <(digests "$place/1/metrics.csv") <(digests "$place/3/metrics.csv")
grep -q 'worker-2' "$place/3/run.log"
echo "ok: a team of three, one of which was killed, has them too"

./cordee evaluate --model "$place/1" --data /usr/share/datasets | grep -i accuracy
./cordee export --model "$place/1" --out "$place/trained.pt"
/usr/bin/python3 -c 'import sys, torch; assert torch.jit.load(sys.argv[1])(torch.zeros(2, 784)).shape == (2, 10)' "$place/trained.pt"
echo "ok: PyTorch loads the trained module"

# As where libtorch-dev is installed, which adds names without a version. libtorch is unpacked anew, from the jars that are there.
mkdir "$place/system"
for library in c10 torch_cpu torch; do
  ln -s "$(ldconfig -p | sed -n "s|.*lib$library\.so\.[0-9.]* .*=> ||p" | head -n 1)" "$place/system/lib$library.so"
done
printf 'include /etc/ld.so.conf\n%s\n' "$place/system" >"$place/system/conf"
ldconfig -X -f "$place/system/conf" -C "$place/system/cache"
CORDEE_JAVA_OPTS="-Dorg.bytedeco.javacpp.cachedir=$place/native" \
  unshare --mount sh -c 'mount --bind "$0" /etc/ld.so.cache && ldconfig -p | grep -q "libtorch_cpu\.so " && exec "$@"' \
  "$place/system/cache" ./cordee model import examples/torch/cnn.pt --out "$place/imported.safetensors"
echo "ok: a first use loads its own libtorch, whatever the system has"
