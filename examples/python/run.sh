#!/bin/sh
# Trains the digits with PyTorch: a server and two workers in Python, on this machine; then a table, and predicts from its ONNX file,
# if onnxruntime is there. Installs nothing. PYTHON is what runs the
# workers (default: python3).
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
example=examples/python
export PYTHONPATH=python

"$python" $example/torch_worker.py --save $example/init.safetensors
place=$(mktemp -d)
./cordee server --job $example/torch.yaml --listen 127.0.0.1:0 --announce "$place/address" --workers 2 &
server=$!
workers=
end() {
  # Not by Ctrl-C, which the shell has them ignore. The server tells the workers.
  kill "$server" 2>/dev/null && wait "$server" || true
  # shellcheck disable=SC2086
  kill $workers 2>/dev/null || true
  rm -rf "$place"
}
trap end EXIT
trap 'exit 130' INT TERM
while [ ! -s "$place/address" ]; do
  kill -0 "$server"
  sleep 0.1
done
for worker in 1 2; do
  "$python" $example/torch_worker.py "$(cat "$place/address")" &
  workers="$workers $!"
done
wait "$server"
wait

./cordee train examples/tables/penguins.yaml --in-process --quiet --out "$place/run"
./cordee export --model "$place/run" --out "$place/penguins.onnx"
./cordee predict --model "$place/run" --data examples/tables/penguins.csv --out "$place/predicted.csv"
"$python" $example/onnx_table.py "$place/penguins.onnx" examples/tables/penguins.csv "$place/predicted.csv"
