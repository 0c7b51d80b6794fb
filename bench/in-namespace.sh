#!/bin/sh
# Runs a command in a network namespace of its own, whose TCP does not pace what stays on this machine (root):
#   bench/in-namespace.sh ./cordee bench wire
# The congestion control is that of CONGESTION (default: reno). The rest of the machine is not changed.
set -eu

[ $# -gt 0 ] || { echo "usage: bench/in-namespace.sh COMMAND..." >&2; exit 2; }
. "$(dirname "$0")/hosts.sh"
trap remove_hosts EXIT
trap 'exit 130' INT TERM
make_space "$base"
ip netns exec "$base" "$@"
