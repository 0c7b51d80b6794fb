#!/bin/bash
# The packages that this Debian machine knows of, as examples/debian.yaml wants them: the words of each one's description, what it
# depends on, and its section.
#   examples/debian.sh [CSV]     (default: data/debian/debian.csv)
# The index changes from day to day, so the rows' checksum is printed.
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,5s/^# //p' "$0"; exit 0 ;; esac
csv=$(realpath -m "${1:-$(dirname "$0")/../data/debian/debian.csv}")
mkdir -p "$(dirname "$csv")"
apt-cache dumpavail | awk -F': ' '
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
mv "$csv.part" "$csv"
echo "$csv: $(($(wc -l <"$csv") - 1)) packages, SHA-256 $(sha256sum <"$csv" | cut -c1-64)"
