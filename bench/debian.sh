#!/bin/bash
# The packages that this Debian machine knows of, as examples/debian.yaml wants them: the words of each one's description and what it
# depends on, and its section. Trains on them, and prints the test accuracy beside those of scikit-learn's best linear models on
# plain input and by TF-IDF (a quarter of an hour, nearly all scikit-learn's; needs python3-sklearn).
#   bench/debian.sh [CSV]     (default: data/debian/debian.csv)
# The index changes from day to day, so the rows' checksum is printed. A CSV that is there already is used as it is.
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,6s/^# //p' "$0"; exit 0 ;; esac
csv=$(realpath -m "${1:-$(dirname "$0")/../data/debian/debian.csv}")
mkdir -p "$(dirname "$csv")"
[ -e "$csv" ] || apt-cache dumpavail | awk -F': ' '
  function row() {
    if (section != "" && words != "" && !(package in seen)) print words "," depends "," section
    seen[package]
    package = words = depends = section = ""
  }
  $1 == "Package" { package = $2 }
  $1 == "Section" { section = $2 }
  $1 == "Description" || $1 == "Description-en" {
    words = tolower(substr($0, index($0, ": ") + 2))
    gsub(/[^a-z0-9+#.-]+/, " ", words)
    gsub(/^ | $/, "", words)
  }
  $1 == "Depends" || $1 == "Pre-Depends" {
    names = substr($0, index($0, ": ") + 2)
    gsub(/\([^)]*\)|:[a-z0-9]+|[,|]/, " ", names)
    depends = depends " " names
    gsub(/ +/, " ", depends)
    gsub(/^ | $/, "", depends)
  }
  $0 == "" { row() }
  END { row() }' | LC_ALL=C sort | sed '1i words,depends,section' >"$csv.part"
[ -e "$csv" ] || mv "$csv.part" "$csv"
echo "$csv: $(($(wc -l <"$csv") - 1)) packages, SHA-256 $(sha256sum <"$csv" | cut -c1-64)"

/usr/bin/python3 -c 'import sklearn' 2>/dev/null || { echo "nothing to compare with: python3-sklearn is not installed"; exit; }

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
./cordee train examples/debian.yaml --data "$(dirname "$csv")" --set data.train.file="$(basename "$csv")" --in-process --quiet --out "$work/run"
cordee=$(sed 's/^[^[]*"accuracy":\([0-9.]*\).*/\1/' "$work/run/evaluation.json")
bench/peers/linear.py debian "$csv" | tee "$work/peer"
sed -n 's/^best \([^:]*\): .*: test \([0-9.]*\), .*/\2 \1/p' "$work/peer" | while read -r peer how; do
  awk -v a="$cordee" -v b="$peer" -v how="$how" 'BEGIN { printf "test accuracy: Cordee %.4f, scikit-learn %s %.4f, ratio %.3f\n", a, how, b, a / b }'
done
