#!/bin/bash
# Judge programs in 16 shards, one for each child of an AWS Batch array job, then merge them:
#
#   examples/cluster/aws-batch-submit.sh QUEUE
#   selfrepair merge verdicts/*.jsonl -o verdicts.jsonl     # where the file system is mounted
#
# Batch gives each child its index and the number of children. A child that is retried has the same
# index and continues where it stopped.
set -euo pipefail

QUEUE=${1:?the name of a job queue}
SHARDS=${SHARDS:-16}
HERE=$(cd "$(dirname "$0")" && pwd)

aws batch register-job-definition --cli-input-json "file://$HERE/aws-batch-job-definition.json"
aws batch submit-job \
    --job-name selfrepair-judge \
    --job-definition selfrepair-judge \
    --job-queue "$QUEUE" \
    --array-properties "size=$SHARDS"
