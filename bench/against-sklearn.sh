#!/bin/bash
# The jobs that "cordee init" drafts, unedited, beside scikit-learn's MLPClassifier and MLPRegressor on the same train and test rows: the
# six tables of examples/tables, and five that come from elsewhere as they are. Prints a table in Markdown: mean accuracy, or R², of
# five splits.
#   bench/against-sklearn.sh [TABLE...]     (default: all of them; TABLE is one of those in bench/baselines/drafts.py, or CSV:LABEL)
# Needs Debian's python3-sklearn and python3-statsmodels, and npm for the tables of vega-datasets. Takes some minutes.
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,6s/^# //p' "$0"; exit 0 ;; esac
cd "$(dirname "$0")/.."
data=data/vega-datasets
if [ ! -d $data/package ]; then
  mkdir -p $data
  (cd $data && npm pack --silent vega-datasets@2.11.0 >pack && tar xzf "$(tail -n 1 pack)")
fi
./cordee --version >&2 # builds it first, if need be
exec /usr/bin/python3 bench/baselines/drafts.py --vega $data/package/data "$@"
