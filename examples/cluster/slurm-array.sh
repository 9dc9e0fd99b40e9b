#!/bin/bash
# Judge programs in 16 shards, one a member of a Slurm array, then merge:
#
#   sbatch examples/cluster/slurm-array.sh
#   selfrepair merge verdicts/*.jsonl -o verdicts.jsonl     # when all have ended
#
# Members that were lost are run again by their numbers; each goes on where it ended:
#
#   sbatch --array=3,7 examples/cluster/slurm-array.sh
#SBATCH --job-name=selfrepair-judge
#SBATCH --array=0-15
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem-per-cpu=2G
#SBATCH --time=08:00:00
#SBATCH --output=judge-%A_%a.log
#SBATCH --requeue

set -euo pipefail

SHARDS=16 # as many as the array above has
TASKS=${TASKS:-apps_tasks}
PROGRAMS=${PROGRAMS:-programs.jsonl}

mkdir -p verdicts
# N is given, so that the numbers of a part of the array still mean the same shards.
exec selfrepair judge "$TASKS" "$PROGRAMS" \
    --shard "auto/$SHARDS" \
    -o "verdicts/$SLURM_ARRAY_TASK_ID.jsonl" \
    -j "${SLURM_CPUS_PER_TASK:-1}"
