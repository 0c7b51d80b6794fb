#!/bin/sh
# Tests the package with real servers and workers, on Debian's Python. Installs what is missing, as root. The test of PyTorch is
# skipped without python3-torch and libopenblas0-pthread.
set -eu
cd "$(dirname "$0")"
needed="python3-cloudpickle python3-numpy python3-sklearn python3-yaml openssl"
# shellcheck disable=SC2086
dpkg -s $needed >/dev/null 2>&1 || {
  apt-get update -qq -o DPkg::Lock::Timeout=300
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends $needed >/dev/null
}
../cordee --version >/dev/null
exec /usr/bin/python3 -m unittest "$@"
