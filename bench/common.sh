# What the scripts here have in common; each sources it first. Prints the comment at a script's top where --help is asked for. Leaves
# the script in the checkout's root, and in $work a folder that is gone afterwards.
# shellcheck shell=bash disable=SC2034

case ${1:-} in -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;; esac
cd "$(dirname "$0")/.." || exit
work=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$work"' EXIT
data=/usr/share/datasets/fashion-mnist

require_images() { [ -d $data ] || { echo "nothing in $data; apt-get install dataset-fashion-mnist" >&2; exit 1; }; }

require_torch() {
  require_images
  /usr/bin/python3 -c "import torch" || { echo "apt-get install python3-torch libopenblas0-pthread" >&2; exit 1; }
  case $(readlink -f "/usr/lib/$(uname -m)-linux-gnu/libblas.so.3") in
    *openblas*) ;;
    *) echo "torch would multiply with the reference BLAS; apt-get install libopenblas0-pthread" >&2; exit 1 ;;
  esac
}

require_turns() { [[ $1 =~ ^[1-9][0-9]*$ ]] || { echo "expected a number of turns; found '$1' (see --help)" >&2; exit 2; }; }

# Torch keeps what it has allocated, instead of giving it back to the system after each round.
python=(env OMP_NUM_THREADS=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 /usr/bin/python3)
python() { "${python[@]}" "$@"; }

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# JOB [OPTION...]: trains it into $work/run, by the checkout in $checkout or this one, without what comes between rounds.
train() {
  rm -rf "$work/run"
  "${checkout:-.}/cordee" train "$@" --out "$work/run" --quiet --set evaluate_every=1000000 --set 'checkpoint={every: 0}' \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
}

# FROM [TO]: the median milliseconds of $work/run's rounds after FROM.
milliseconds() {
  awk -F, -v a="$1" -v b="${2:-1e9}" 'NR > a + 2 && NR <= b + 2 { print 1e3 * ($5 - last) } { last = $5 }' "$work/run/metrics.csv" |
    median
}

# COUNT UNIT OWN OTHER: so many turns of two commands, each of which prints what it took; their ratios, and the median of these.
by_turns() {
  local own other
  rm -f "$work/ratios"
  for ((turn = 1; turn <= $1; turn++)); do
    other=$($4)
    own=$($3)
    echo "$own $other" | awk -v w="$3" -v v="$4" -v u="$2" '{ printf "%s %.4g %s, %s %.4g %s, ratio %.2f\n", w, $1, u, v, $2, u, $1 / $2 }'
    echo "$own $other" | awk '{ print $1 / $2 }' >>"$work/ratios"
  done
  echo "median ratio $(median <"$work/ratios")"
}
