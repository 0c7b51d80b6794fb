# What the scripts that measure beside torch have in common; they source it from the checkout's root. Leaves in $work a folder that is
# gone afterwards, with the links to Fashion-MNIST that a job wants.
# shellcheck shell=bash disable=SC2034

data=/usr/share/datasets/fashion-mnist
[ -d $data ] || { echo "nothing in $data; apt-get install dataset-fashion-mnist" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/fashion-mnist"
ln -s $data/*.gz "$work/fashion-mnist/"

require_torch() {
  /usr/bin/python3 -c "import torch" || { echo "apt-get install python3-torch libopenblas0-pthread" >&2; exit 1; }
  case $(readlink -f "/usr/lib/$(uname -m)-linux-gnu/libblas.so.3") in
    *openblas*) ;;
    *) echo "torch would multiply with the reference BLAS; apt-get install libopenblas0-pthread" >&2; exit 1 ;;
  esac
}

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# Torch keeps what it has allocated, instead of giving it back to the system after each round.
python=(env OMP_NUM_THREADS=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 /usr/bin/python3)
python() { "${python[@]}" "$@"; }
