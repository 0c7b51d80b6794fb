# Emulated hosts for the scripts that source this (root, gcc): network namespaces with the addresses 10.97.0.1, 10.97.0.2, …,
# on cables of MBIT Mbit/s (default: 1000) to a switch. A packet takes DELAY_MS on each of the two cables between hosts
# (default: 0.25), and CONGESTION is the TCP (default: reno). Nothing outside these namespaces is changed, and remove_hosts,
# which belongs into a trap, leaves nothing of them behind.
# shellcheck shell=sh

mbit=${MBIT:-1000}
delay=${DELAY_MS:-0.25}
base=cordee-bench-$$
switch=$base-switch
namespaces=
cables= # their processes

make_space() {
  ip netns add "$1"
  namespaces="$namespaces $1"
  ip -n "$1" link set lo up
  ip netns exec "$1" sysctl -q -w net.ipv4.tcp_congestion_control="${CONGESTION:-reno}"
}

make_hosts() { # FOLDER COUNT: the folder is for what is needed on the way
  gcc -O2 -Wall -Werror -o "$1/cable" "$(dirname "$0")/cable.c"
  make_space "$switch"
  ip -n "$switch" link add bridge type bridge
  ip -n "$switch" link set bridge up
  for number in $(seq "$2"); do
    make_space "$base-$number"
    "$1/cable" "$base-$number" eth0 "$switch" "port$number" "$mbit" "$delay" >"$1/ready$number" &
    cables="$cables $!"
    while [ ! -s "$1/ready$number" ]; do
      kill -0 $! || exit 1
      sleep 0.05
    done
    ip -n "$base-$number" address add "10.97.0.$number/24" dev eth0
    ip -n "$base-$number" link set eth0 up
    ip -n "$switch" link set "port$number" master bridge up
  done
}

on_host() ( # NUMBER COMMAND...
  host=$base-$1
  shift
  exec ip netns exec "$host" "$@"
)

running() { for name in $namespaces; do ip netns pids "$name"; done; }

signal_running() { # SIGNAL
  # shellcheck disable=SC2046
  kill "-$1" $(running) 2>/dev/null || true
}

remove_hosts() {
  trap '' INT TERM
  signal_running TERM
  patience=100
  while [ -n "$(running)" ] && [ $patience -gt 0 ]; do
    patience=$((patience - 1))
    sleep 0.1
  done
  signal_running KILL
  for name in $namespaces; do ip netns delete "$name" 2>/dev/null || true; done
}
