#!/bin/bash
# Judge programs in 16 shards, one for each member of a Slurm array, then merge them:
#
#   sbatch examples/cluster/slurm-array.sh
#   selfrepair merge verdicts/*.jsonl -o verdicts.jsonl     # when all have finished
#
# Run lost members again by their numbers. Each continues where it stopped:
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

SHARDS=16 # the size of the array above
TASKS=${TASKS:-apps_tasks}
PROGRAMS=${PROGRAMS:-programs.jsonl}

mkdir -p verdicts
# N is fixed, so that a member run again on its own still gets the same shard.
exec selfrepair judge "$TASKS" "$PROGRAMS" \
    --shard "auto/$SHARDS" \
    -o "verdicts/$SLURM_ARRAY_TASK_ID.jsonl" \
    -j "${SLURM_CPUS_PER_TASK:-1}"
