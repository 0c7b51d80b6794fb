#!/bin/bash
# Times starts, by turns with a baseline; seconds, and in parentheses those of processors, which other work on a machine changes less:
#   bench/first-second.sh [fashion|digits|wine|iris] [TURNS]
# fashion: from Enter to the end of round 10 of Fashion-MNIST, 2 workers of 1 thread, beside torch's DDP. digits: the whole of
# cordee train examples/digits.yaml. wine, iris: a process that trains on the table, beside python3 with MLPClassifier.
# fashion needs Debian's dataset-fashion-mnist, python3-torch and libopenblas0-pthread; tables need python3-sklearn.
set -euo pipefail
. "$(dirname "$0")/common.sh"
what=${1:-digits}
turns=${2:-5}
require_turns "$turns"

# COMMAND...: its seconds, those of processors.
timed() {
  local TIMEFORMAT='%R %U %S'
  { time "$@" >"$work/out" 2>"$work/errors"; } 2>"$work/time" || { cat "$work/errors" >&2; return 1; }
  awk '{ print $1, $2 + $3 }' "$work/time"
}

start() {
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
      start examples/fashion-mnist.yaml --data $data --workers 2 --threads 1 --set 'stop={rounds: 10}' \
        --set evaluate_every=1000000 >"$work/whole"
      awk -v a="$begun" -v b="$(stat -c %.Y "$work/run/metrics.csv")" '{ print b - a, $2 }' "$work/whole"
    }
    baseline() { timed "${python[@]}" bench/baselines/torch_rounds.py $data full 2 10; }
    ;;
  digits)
    measured() { start examples/digits.yaml; }
    baseline() { echo 2.5 5; } # the aim
    ;;
  wine | iris)
    units=16
    [ $what = wine ] || units=8
    measured() { start examples/tables/$what.yaml --data examples/tables --in-process --workers 1; }
    baseline() { timed /usr/bin/python3 bench/baselines/fit_table.py $what $units; }
    ;;
  *) echo "expected fashion, digits, wine or iris; found '$what'" >&2; exit 2 ;;
esac

measured >"$work/log" # builds, and archives classes
for ((turn = 1; turn <= turns; turn++)); do
  own=$(measured)
  other=$(baseline)
  echo "$own $other" | tee -a "$work/turns" |
    awk '{ printf "cordee %.2f (%.2f) s, baseline %.2f (%.2f) s, ratio %.2f (%.2f)\n", $1, $2, $3, $4, $1 / $3, $2 / $4 }'
done
echo "median ratio $(awk '{ print $1 / $3 }' "$work/turns" | median) ($(awk '{ print $2 / $4 }' "$work/turns" | median))"
