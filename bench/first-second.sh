#!/bin/bash
# Times starts, by turns with a peer; seconds, and in parentheses those of processors, which other work on a machine changes less:
#   bench/first-second.sh [fashion|digits|wine|iris] [TURNS]
# fashion: from Enter to the end of round 10 of Fashion-MNIST, 2 workers of 1 thread, beside torch's DDP. digits: the whole of
# cordee train examples/digits.yaml. wine, iris: a process that trains on the table, beside python3 with MLPClassifier.
# Needs Debian's dataset-fashion-mnist; python3-torch and libopenblas0-pthread for fashion, python3-sklearn for tables.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in -h | --help) sed -n '2,6s/^# //p' "$0"; exit 0 ;; esac
what=${1:-digits}
turns=${2:-5}
[[ $turns =~ ^[1-9][0-9]*$ ]] || { echo "expected a number of turns; found '$turns'" >&2; exit 2; }
. bench/peers/torch.sh

# COMMAND...: its seconds, those of processors.
timed() {
  local TIMEFORMAT='%R %U %S'
  { time "$@" >"$work/out" 2>"$work/errors"; } 2>"$work/time" || { cat "$work/errors" >&2; return 1; }
  awk '{ print $1, $2 + $3 }' "$work/time"
}

train() {
  rm -rf "$work/run"
  timed ./cordee train "$@" --out "$work/run" --quiet
}

case $what in
  fashion)
    require_torch
    # The last evaluation and the report do not count, but for processors' time.
    measured() {
      local begun
      begun=$(date +%s.%N)
      train examples/fashion-mnist.yaml --data "$work" --workers 2 --threads 1 --set 'stop={rounds: 10}' \
        --set evaluate_every=1000000 >"$work/whole"
      awk -v a="$begun" -v b="$(stat -c %.Y "$work/run/metrics.csv")" '{ print b - a, $2 }' "$work/whole"
    }
    peer() { timed "${python[@]}" bench/peers/torch_rounds.py $data full 2 10; }
    ;;
  digits)
    measured() { train examples/digits.yaml; }
    peer() { echo 2.5 5; } # the aim
    ;;
  wine | iris)
    measured() { train examples/tables/$what.yaml --data examples/tables --in-process --workers 1; }
    peer() { timed /usr/bin/python3 bench/peers/tables.py --fit $what MLPClassifier; }
    ;;
  *) echo "expected fashion, digits, wine or iris; found '$what'" >&2; exit 2 ;;
esac

measured >/dev/null # builds, and archives classes
for ((turn = 1; turn <= turns; turn++)); do
  own=$(measured)
  other=$(peer)
  echo "$own $other" | tee -a "$work/turns" |
    awk '{ printf "cordee %.2f (%.2f) s, peer %.2f (%.2f) s, ratio %.2f (%.2f)\n", $1, $2, $3, $4, $1 / $3, $2 / $4 }'
done
echo "median ratio $(awk '{ print $1 / $3 }' "$work/turns" | median) ($(awk '{ print $2 / $4 }' "$work/turns" | median))"
