#!/usr/bin/env bash
# Starts a Slurm of three virtual nodes on this machine, below one folder, and has it train by deploy/slurm/cordee.sbatch:
# undisturbed, queued again in the middle, with a worker killed and nodes lost, as peers of whom one is killed, and with a job
# file that has an error.
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
  local what=$1 deadline=$((SECONDS + 300))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "FAILED: waited 300 s until $what" >&2; show >&2; return 1; }
    sleep 0.1
  done
}

show() { # what there is to know about the cluster and its last job
  squeue || true
  sinfo -N || true
  tail -n 30 "$CLUSTER/slurmctld.log" || true
  [ -z "${job:-}" ] || tail -n 50 "$place/slurm-$job.out" "$place/runs/slurm-$job/run.log" || true
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
  until_true "three nodes are idle" all_idle
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
model: {layers: [64, 64, 10]}
data: digits
optimizer: rprop
stop: {rounds: 600}
checkpoint: {every: 20}
J
sed 's/rprop/rpropp/' "$place/job.yaml" >"$place/wrong.yaml"

submit() { (cd "$place" && sbatch --parsable "$@"); }

field() { scontrol show job "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"; }

is() { [ "$(field "$1" "$2")" = "$3" ]; }

is_over() { [[ ! $(field "$1" JobState) =~ ^(PENDING|RUNNING|COMPLETING)$ ]]; }

metrics() { tail -n 1 "$place/runs/slurm-$1/metrics.csv" 2>/dev/null | cut -d, -f"$2"; }

has_rounds() { [ "$(metrics "$1" 1)" -ge "$2" ] 2>/dev/null; }

expect() { # JOB WHAT COMMAND...
  local job=$1 what=$2
  shift 2
  "$@" && return
  echo "FAILED: job $job was expected to have $what" >&2
  scontrol show job "$job" >&2
  show >&2
  exit 1
}

complete() { # JOB RESTARTS
  until_true "job $1 is over" is_over "$1"
  expect "$1" "state COMPLETED" is "$1" JobState COMPLETED
  expect "$1" "$2 restarts" is "$1" Restarts "$2"
  expect "$1" "digest ${digest:=$(metrics "$1" 7)}" test "$(metrics "$1" 7)" = "$digest"
  expect "$1" "600 rounds" test "$(metrics "$1" 1)" = 600
  expect "$1" "a report" test -s "$place/runs/slurm-$1/report.html"
  expect "$1" "neither key nor token left" test ! -e "$place/runs/.slurm-$1"
}

start_again() { # JOB
  until_true "job $1 is queued again" is "$1" JobState PENDING
  # Where it starts within a second of its end, Slurm takes its new credential for the revoked one.
  scontrol update "jobid=$1" StartTime=now+3
}

resumed() { grep -q '^resuming from round ' "$place/slurm-$1.out"; }

# What runs on a node, and what of Slurm has started it, in the order in which it can be killed without one reporting the end of
# another, as where their machine dies: srun's child, which has the step killed on every node when srun dies, srun, slurmstepd.
processes() { # NODE
  local environments
  environments=$(grep -lzx "SLURMD_NODENAME=$1" /proc/[0-9]*/environ 2>/dev/null || true)
  # shellcheck disable=SC2086
  grep -lzx "SLURM_CONF=$SLURM_CONF" /dev/null $environments 2>/dev/null | cut -d/ -f3 | while read -r process; do
    ps -o pid=,ppid=,comm= -p "$process" || continue
    ps -o ppid= -p "$process" | xargs -r ps -o pid=,ppid=,comm= -p | grep ' slurmstepd$' || true
  done | awk '{ name[$1] = $3; parent[$1] = $2 }
    END { for (p in name) print (name[p] == "srun" ? name[parent[p]] != "srun" : name[p] == "slurmstepd" ? 2 : 3), p }' |
    sort -n | cut -d' ' -f2
}

is_dead() { # NODE; kills what is there
  local all
  all=$(processes "$1")
  # shellcheck disable=SC2086
  [ -z "$all" ] || { kill -9 $all 2>/dev/null || true; false; }
}

lose() { # NODE
  kill -9 "$(cat "$CLUSTER/$1.pid")"
  until_true "nothing runs on $1" is_dead "$1"
  scontrol update "nodename=$1" state=down reason=lost
}

job=$(submit --nodes 3 "$script" job.yaml --threads 1)
complete "$job" 0
echo "ok: three nodes train to $digest"

job=$(submit --nodes 3 "$script" job.yaml --threads 1)
until_true "job $job has some rounds" has_rounds "$job" 50
scontrol requeue "$job"
start_again "$job"
complete "$job" 1
expect "$job" "resumed its run" resumed "$job"
echo "ok: queued again, a job resumes its run, to the same digest"

# Workers look for the server for longer than the cluster takes to miss a node, as they do by default.
job=$(submit --nodes 3 "$script" job.yaml --threads 1 --wait 15)
until_true "job $job has some rounds" has_rounds "$job" 50
pkill -9 -f "cli.Main worker .* runs/\.slurm-$job/.* --name n2$"
until_true "the worker is started again" grep -q 'worker on n2 has died .*; restarting it' "$place/runs/slurm-$job/run.log"
lose n3
until_true "job $job continues" has_rounds "$job" 150
expect "$job" "lost n3 alone" is "$job" NodeList 'n[1-2]'
lose n1
start_again "$job"
# Not before: what Slurm sends to nodes that are gone would reach them.
slurmd -N n1
slurmd -N n3
complete "$job" 1
expect "$job" "resumed its run" resumed "$job"
echo "ok: a worker and a node are done without, and with its first node gone, a job is queued again; same digest"

job=$(submit --nodes 3 "$script" job.yaml --peers --threads 1)
until_true "job $job has some rounds" has_rounds "$job" 50
pkill -9 -f "cli.Main node .* runs/\.slurm-$job/.* --name n2$"
until_true "the node is started again" grep -q 'node on n2 has died .*; restarting it' "$place/runs/slurm-$job/run.log"
complete "$job" 0
echo "ok: three peers, one of whom is killed, train to the same digest"

job=$(submit --nodes 1 "$script" wrong.yaml)
until_true "job $job is over" is_over "$job"
expect "$job" "exit code 2" is "$job" ExitCode 2:0
expect "$job" "0 restarts" is "$job" Restarts 0
expect "$job" "named the error" grep -q "rpropp" "$place/slurm-$job.out"
echo "ok: a job file with an error ends at once with exit code 2"

job=$(submit --nodes 1 "$script" --resume runs/last)
until_true "job $job is over" is_over "$job"
expect "$job" "exit code 2" is "$job" ExitCode 2:0
expect "$job" "named the run that the link leads to" grep -q -- "--resume runs/slurm-" "$place/slurm-$job.out"
echo "ok: a run is resumed by its own name alone, as the link may lead elsewhere when a job is queued again"
