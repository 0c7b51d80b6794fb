#!/bin/sh
# Runs the network benchmark on emulated hosts (root, gcc): one server and four workers, each in a network namespace of
# its own, on cables of 1 Gbit/s to a switch; 0.5 ms from host to host:
#   bench/network.sh [--json FILE]
# MBIT and DELAY_MS (of one of the two cables between hosts) change that, CONGESTION the TCP (default: reno).
# Nothing outside these namespaces is changed, and all of it is gone afterwards.
set -eu

home=$(cd "$(dirname "$0")/.." && pwd)
mbit=${MBIT:-1000}
delay=${DELAY_MS:-0.25}
base=cordee-bench-$$
work=$(mktemp -d)
cables=
namespaces=

clean() {
  # shellcheck disable=SC2086
  [ -z "$cables" ] || kill $cables 2>/dev/null || true
  for name in $namespaces; do ip netns delete "$name" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

space() {
  ip netns add "$1"
  namespaces="$namespaces $1"
  ip -n "$1" link set lo up
  ip netns exec "$1" sysctl -q -w net.ipv4.tcp_congestion_control="${CONGESTION:-reno}"
}

gcc -O2 -Wall -Werror -o "$work/cable" "$home/bench/cable.c"
switch=$base-switch
space "$switch"
ip -n "$switch" link add bridge type bridge
ip -n "$switch" link set bridge up
hosts=
for number in 1 2 3 4 5; do
  host=$base-$number
  space "$host"
  "$work/cable" "$host" eth0 "$switch" "port$number" "$mbit" "$delay" >"$work/ready$number" &
  cables="$cables $!"
  while [ ! -s "$work/ready$number" ]; do
    kill -0 $! || exit 1
    sleep 0.05
  done
  ip -n "$host" address add "10.97.0.$number/24" dev eth0
  ip -n "$host" link set eth0 up
  ip -n "$switch" link set "port$number" master bridge up
  hosts="$hosts --host $host=10.97.0.$number"
done
# shellcheck disable=SC2086
ip netns exec "$switch" "$home/cordee" bench network $hosts --mbit "$mbit" "$@"
