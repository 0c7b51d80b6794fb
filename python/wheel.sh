#!/bin/sh
# Builds python/dist/cordee-VERSION-py3-none-any.whl, with Cordee in it, without a network if Maven needs none. PYTHON is the one
# that builds, with pip, setuptools and wheel (default: python3).
set -eu
cd "$(dirname "$0")"
: "${PYTHON:=python3}"
for module in pip setuptools wheel; do
  "$PYTHON" -c "import $module" 2>/dev/null || {
    echo "wheel.sh: $PYTHON has no module $module; install Debian's python3-$module and set PYTHON=/usr/bin/python3" >&2
    exit 1
  }
done
rm -rf build dist
"$PYTHON" -m pip wheel -q --no-build-isolation --no-deps --no-index --wheel-dir dist .
echo "$PWD"/dist/cordee-*.whl
