#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Slurm: a cluster of one node on this machine, an array job over shards, and the merge after it.
# Needs root, because Slurm's daemons do. Nothing of the system's own configuration is touched.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ "$(id -u)" = 0 ] || skip "a cluster needs root"
need slurmctld slurmd sbatch munged
start 60

host=$(hostname -s)
port=$((20000 + $$ % 20000))
stop() {
    local name
    for name in slurmd slurmctld munged; do
        [ -s "$work/$name.pid" ] && kill "$(cat "$work/$name.pid")" 2>/dev/null
    done
    sleep 1
}

mkdir state spool munge
chmod 755 "$work"
chmod 700 munge
dd if=/dev/urandom of=munge/key bs=1 count=1024 status=none
chmod 400 munge/key
chmod 711 munge
munged --force --foreground --key-file="$work/munge/key" --socket="$work/munge/socket" \
    --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed" \
    --num-threads=2 >munged.out 2>&1 &
echo $! >munged.pid

cat >slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SchedulerType=sched/builtin
MpiDefault=none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
for _ in $(seq 50); do
    [ -S munge/socket ] && break
    sleep 0.1
done
[ -S munge/socket ] || skip "munged does not start: $(tail -1 munge/log munged.out)"
slurmctld -f slurm.conf || skip "slurmctld does not start: $(tail -1 slurmctld.log)"
slurmd -f slurm.conf -N "$host" || skip "slurmd does not start: $(tail -1 slurmd.log)"
for _ in $(seq 100); do
    sinfo -h -o %T 2>/dev/null | grep -qx idle && break
    sleep 0.2
done
sinfo -h -o %T | grep -qx idle ||
    skip "the node does not come up: $(tail -1 slurmd.log) $(tail -1 slurmctld.log)"

# --- docs/fleet.md ---
mkdir out
cat >scan.sbatch <<'BATCH'
#!/bin/bash
#SBATCH --array=0-3 --job-name=bugtriage --output=out/%A_%a.log
bugtriage -q -j 1 --exit-zero --shard auto --format ndjson \
    --resume "out/$SLURM_ARRAY_TASK_ID.ndjson" -o "out/$SLURM_ARRAY_TASK_ID.ndjson" dumps
BATCH
cat >merge.sbatch <<'BATCH'
#!/bin/bash
#SBATCH --job-name=merge --output=out/merge.log
bugtriage group -q --machine-folder 1 --format html -o out/fleet.html out/*.ndjson
BATCH
job=$(sbatch --parsable scan.sbatch)
merge=$(sbatch --parsable --dependency=afterok:"$job" merge.sbatch)
# ---------------------
for _ in $(seq 300); do
    [ -z "$(squeue -h -j "$job,$merge" 2>/dev/null)" ] && break
    sleep 0.2
done
[ -f out/fleet.html ] || {
    squeue >&2
    cat out/*.log >&2
    fail "the merge made no report"
}
same out/?.ndjson
[ "$(wc -l <out/0.ndjson)" -lt "$(wc -l <expected)" ] || fail "one task did everything"
echo "slurm: $(wc -l <found) records from 4 tasks, merged by job $merge"
