#!/bin/sh
# Runs a command in a network namespace of its own, whose TCP does not pace what stays on this machine (root):
#   bench/in-namespace.sh ./cordee bench wire
# The congestion control is that of CONGESTION (default: reno). The rest of the machine is not changed.
set -eu

[ $# -gt 0 ] || { echo "usage: bench/in-namespace.sh COMMAND..." >&2; exit 2; }
name=cordee-bench-$$
ip netns add "$name"
trap 'ip netns delete "$name"' EXIT
trap 'exit 130' INT TERM
ip netns exec "$name" ip link set lo up
ip netns exec "$name" sysctl -q -w net.ipv4.tcp_congestion_control="${CONGESTION:-reno}"
ip netns exec "$name" "$@"
