#!/bin/sh
# Runs the network benchmark on emulated hosts (root, gcc): one server and four workers, each in a network namespace of
# its own, on cables of 1 Gbit/s to a switch; 0.5 ms from host to host:
#   bench/network.sh [--parameters COUNT]
# WORKERS, MBIT and DELAY_MS (of one of the two cables between hosts) change that, CONGESTION the TCP (default: reno).
# Nothing outside these namespaces is changed, and all of it is gone afterwards.
set -eu

home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/bench/hosts.sh"
work=$(mktemp -d)
trap 'remove_hosts; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

count=$((${WORKERS:-4} + 1))
make_hosts "$work" $count
hosts=
for number in $(seq $count); do
  hosts="$hosts --host $base-$number=10.97.0.$number"
done
# shellcheck disable=SC2046,SC2086
ip netns exec "$switch" "$home/cordee" bench network $hosts --mbit "$mbit" \
  --latency-ms "$(awk "BEGIN { print 2 * $delay }")" $(printf " --cable %s" $cables) "$@"
