#!/usr/bin/env bash
# Starts a Slurm of three virtual nodes on this machine, below one folder, and has it train by deploy/slurm/cordee.sbatch:
# undisturbed, queued again in the middle, with a worker killed and a node lost, and with a job file that has an error.
# Needs root, and Debian's slurmctld, slurmd, slurm-client and munge.
#
#   deploy/test-slurm.sh              all that
#   deploy/test-slurm.sh COMMAND...   runs a command on the cluster instead, such as bash; its folder is $CLUSTER
set -euo pipefail
cd "$(dirname "$0")/.."

CLUSTER=$(mktemp -d)
export CLUSTER SLURM_CONF=$CLUSTER/slurm.conf
nodes=(n1 n2 n3)

is_running() { [ -f "$CLUSTER/$1.pid" ] && kill -0 "$(cat "$CLUSTER/$1.pid")" 2>/dev/null; }

down() {
  squeue -h -o %A 2>/dev/null | xargs -r scancel || true
  until_true "the cluster's jobs have ended" no_jobs || true
  for process in "${nodes[@]}" slurmctld munged; do
    ! is_running "$process" || kill "$(cat "$CLUSTER/$process.pid")"
  done
  for process in "${nodes[@]}" slurmctld munged; do
    until_true "$process has ended" is_not_running "$process" || true
  done
  rm -rf "$CLUSTER"
}

is_not_running() { ! is_running "$1"; }

no_jobs() { [ -z "$(squeue -h 2>/dev/null)" ]; }

until_true() { # WHAT, COMMAND...
  local what=$1 deadline=$((SECONDS + 120))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "FAILED: waited 120 s until $what" >&2; return 1; }
    sleep 0.1
  done
}

up() {
  local host ports node
  host=$(hostname -s)
  ports=$(python3 -c 'import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
print(*(s.getsockname()[1] for s in sockets))')
  read -r controller n1 n2 n3 <<<"$ports"
  mkdir "$CLUSTER/state"
  cat >"$SLURM_CONF" <<C
ClusterName=virtual
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$CLUSTER/munge.sock
CredType=cred/munge
StateSaveLocation=$CLUSTER/state
SlurmctldPidFile=$CLUSTER/slurmctld.pid
SlurmctldLogFile=$CLUSTER/slurmctld.log
SlurmdSpoolDir=$CLUSTER/spool-%n
SlurmdPidFile=$CLUSTER/%n.pid
SlurmdLogFile=$CLUSTER/%n.log
SlurmdParameters=config_overrides
SlurmdTimeout=10
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/linear
SchedulerType=sched/builtin
ReturnToService=2
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$n1 CPUs=2
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$n2 CPUs=2
NodeName=n3 NodeHostname=$host NodeAddr=127.0.0.1 Port=$n3 CPUs=2
PartitionName=all Nodes=n1,n2,n3 Default=YES MaxTime=INFINITE State=UP
C
  echo CgroupPlugin=disabled >"$CLUSTER/cgroup.conf"
  (umask 077 && head -c 1024 /dev/urandom >"$CLUSTER/munge.key")
  munged --force --key-file="$CLUSTER/munge.key" --socket="$CLUSTER/munge.sock" --pid-file="$CLUSTER/munged.pid" \
    --log-file="$CLUSTER/munged.log" --seed-file="$CLUSTER/munge.seed"
  slurmctld -c
  for node in "${nodes[@]}"; do
    slurmd -N "$node"
  done
  until_true "three nodes are idle" all_idle || { tail -n 20 "$CLUSTER"/*.log >&2; exit 1; }
}

all_idle() { [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" = ${#nodes[@]} ]; }

trap down EXIT
up
if [ $# -gt 0 ]; then
  "$@"
  exit
fi

script=$PWD/deploy/slurm/cordee.sbatch
place=$CLUSTER/work
mkdir "$place"
cat >"$place/job.yaml" <<'J'
name: digits
model: {layers: [64, 256, 10]}
data: digits
rule: rprop
stop: {rounds: 600}
checkpoint: {every: 20}
J
sed 's/rprop/rpropp/' "$place/job.yaml" >"$place/wrong.yaml"

submit() { (cd "$place" && sbatch --parsable "$@"); }

field() { scontrol show job "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"; }

is() { [ "$(field "$1" "$2")" = "$3" ]; }

is_over() { # JOB STATE
  local state
  state=$(field "$1" JobState)
  case $state in
    PENDING | RUNNING | COMPLETING) return 1 ;;
    "$2") return 0 ;;
    *) echo "FAILED: expected job $1 to be $2; found $state"; cat "$place/slurm-$1.out"; exit 1 ;;
  esac
}

rounds() { tail -n 1 "$place/runs/slurm-$1/metrics.csv" 2>/dev/null | cut -d, -f1; }

has_rounds() { [ "$(rounds "$1")" -ge "$2" ] 2>/dev/null; }

digest() { tail -n 1 "$place/runs/slurm-$1/metrics.csv" | cut -d, -f7; }

is_in_the_middle() { # JOB
  until_true "job $1 has some rounds" has_rounds "$1" 50
}

# Processes of a node that compute.
workers_on() { # JOB NODE
  for process in $(pgrep -f "cli.Main worker .*/\.slurm-$1/"); do
    ! grep -qz "^SLURMD_NODENAME=$2\$" "/proc/$process/environ" || echo "$process"
  done
}

ends_as_the_quiet_one() { # JOB
  until_true "job $1 is over" is_over "$1" COMPLETED
  [ "$(digest "$1")" = "$expected" ] || { echo "FAILED: digest $(digest "$1"), expected $expected"; exit 1; }
  [ ! -e "$place/runs/.slurm-$1" ] || { echo "FAILED: the token and the key of job $1 are still there"; exit 1; }
}

quiet=$(submit --nodes 3 "$script" job.yaml --threads 1)
until_true "job $quiet is over" is_over "$quiet" COMPLETED
expected=$(digest "$quiet")
[ "$(rounds "$quiet")" = 600 ]
[ -s "$place/runs/slurm-$quiet/report.html" ]
echo "ok: three nodes train to $expected"

requeued=$(submit --nodes 3 "$script" job.yaml --threads 1)
is_in_the_middle "$requeued"
scontrol requeue "$requeued"
until_true "job $requeued is queued again" is "$requeued" JobState PENDING
scontrol update "jobid=$requeued" StartTime=now
ends_as_the_quiet_one "$requeued"
is "$requeued" Restarts 1
grep -q 'resuming' "$place/slurm-$requeued.out"
echo "ok: queued again, a job resumes its run to the same digest"

hurt=$(submit --nodes 3 "$script" job.yaml --threads 1)
is_in_the_middle "$hurt"
kill -9 "$(workers_on "$hurt" n2)"
until_true "the worker is started again" grep -q 'n2 has died (exit code 137); restarting it' "$place/runs/slurm-$hurt/run.log"
kill -9 "$(cat "$CLUSTER/n3.pid")" "$(workers_on "$hurt" n3)"
scontrol update nodename=n3 state=down reason=lost
ends_as_the_quiet_one "$hurt"
is "$hurt" Restarts 0
echo "ok: without a worker and a node, a job continues to the same digest"

wrong=$(submit --nodes 1 "$script" wrong.yaml)
until_true "job $wrong is over" is_over "$wrong" FAILED
is "$wrong" ExitCode 2:0
is "$wrong" Restarts 0
grep -q rpropp "$place/slurm-$wrong.out"
echo "ok: a job file with an error ends at once with exit code 2"
