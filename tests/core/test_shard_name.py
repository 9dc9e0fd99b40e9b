"""Which shard a process is: as its user says, or the array job that it belongs to."""

import pytest

from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.core.shard_name import shard_named

SLURM = {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "4"}


@pytest.mark.parametrize(
    ("text", "environment", "shard"),
    [
        ("0/1", {}, (0, 1)),
        ("3/16", SLURM, (3, 16)),
        ("auto", {"AWS_BATCH_JOB_ARRAY_INDEX": "2", "AWS_BATCH_JOB_ARRAY_SIZE": "10"}, (2, 10)),
        ("auto/16", {"JOB_COMPLETION_INDEX": "15"}, (15, 16)),
        ("auto", SLURM | {"SLURM_ARRAY_TASK_MIN": "4"}, (3, 4)),
        ("auto", SLURM | {"SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "2"}, (3, 4)),
        ("auto/8", SLURM | {"SLURM_ARRAY_TASK_MIN": "7"}, (7, 8)),
    ],
)
def test_a_shard_is_named_by_its_user_or_by_its_job(
    text: str, environment: dict[str, str], shard: tuple[int, int]
) -> None:
    assert shard_named(text, environment) == Shard(index=shard[0], count=shard[1])


@pytest.mark.parametrize(
    ("text", "environment", "said"),
    [
        ("4/4", {}, "from 0 to N - 1"),
        ("4", {}, "I/N"),
        ("/4", {}, "I/N"),
        ("auto/", {}, "I/N"),
        ("1/x", {}, "I/N"),
        ("auto", {}, "none of SLURM_ARRAY_TASK_ID, "),
        ("auto", {"JOB_COMPLETION_INDEX": "1"}, "auto/N, as Kubernetes does not say"),
        ("auto/2", {"JOB_COMPLETION_INDEX": "2"}, "more than JOB_COMPLETION_INDEX .2. for N"),
        ("auto", {"AWS_BATCH_JOB_ARRAY_INDEX": "1"}, "AWS_BATCH_JOB_ARRAY_SIZE is a number"),
        ("auto", SLURM | {"SLURM_ARRAY_TASK_MIN": "1"}, "an array without gaps"),
    ],
)
def test_what_names_no_shard_is_refused_with_what_would(
    text: str, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        shard_named(text, environment)
