#!/bin/sh
# Runs the network benchmark on emulated hosts (root, gcc): one server and four workers, each in a network namespace of
# its own, on cables of 1 Gbit/s to a switch; 0.5 ms from host to host:
#   bench/network.sh [--json FILE]
# MBIT and DELAY_MS (of one of the two cables between hosts) change that, CONGESTION the TCP (default: reno).
# Nothing outside these namespaces is changed, and all of it is gone afterwards.
set -eu

home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/bench/hosts.sh"
work=$(mktemp -d)
trap 'remove_hosts; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

make_hosts "$work" 5
hosts=
for number in 1 2 3 4 5; do
  hosts="$hosts --host $base-$number=10.97.0.$number"
done
# shellcheck disable=SC2086
ip netns exec "$switch" "$home/cordee" bench network $hosts --mbit "$mbit" "$@"
