"""Parse the name of a process's shard, or take it from an array job."""

from collections.abc import Mapping

from pytest_selfrepair.core.shard import Shard

ACCEPTED = (
    "I/N with I from 0 to N - 1, auto in an array job of Slurm or AWS Batch, or auto/N in those "
    "and in an indexed Job of Kubernetes"
)
"""The accepted names of shards, in words."""

_AUTO = "auto"
_SLURM, _AWS, _KUBERNETES = (
    "SLURM_ARRAY_TASK_ID",
    "AWS_BATCH_JOB_ARRAY_INDEX",
    "JOB_COMPLETION_INDEX",
)


def shard_named(text: str, environment: Mapping[str, str]) -> Shard:
    """Parse the name of a shard.

    With `auto` it comes from the process's array job: `SLURM_ARRAY_TASK_ID`,
    `AWS_BATCH_JOB_ARRAY_INDEX` or `JOB_COMPLETION_INDEX`. With N given, the job's index counts from
    0, so that single members can be rerun; otherwise Slurm and AWS Batch provide N.

    Args:
        text: The user's text.
        environment: The environment of the process.

    Raises:
        ValueError: It is not the name of a shard; the error says what is accepted.
    """
    index, slash, of = text.strip().partition("/")
    if bool(slash) != bool(of) or (slash and not of.isdecimal()):
        raise ValueError(ACCEPTED)
    if index == _AUTO:
        return _of_job(environment, int(of) if of else None)
    if not (slash and index.isdecimal()):
        raise ValueError(ACCEPTED)
    return _within(int(index), int(of), ACCEPTED)


def _of_job(environment: Mapping[str, str], of: int | None) -> Shard:
    """The shard of a member of an array job."""
    name = next((each for each in (_SLURM, _AWS, _KUBERNETES) if each in environment), None)
    if name is None:
        raise ValueError(f"I/N, as none of {_SLURM}, {_AWS} and {_KUBERNETES} is set")
    index = _number(environment, name)
    if of is not None:
        return _within(index, of, f"auto/N with more than {name} ({index}) for N")
    if name == _AWS:
        return _within(index, _number(environment, "AWS_BATCH_JOB_ARRAY_SIZE"), ACCEPTED)
    if name == _SLURM:
        first = _number(environment, "SLURM_ARRAY_TASK_MIN", 0)
        step = max(_number(environment, "SLURM_ARRAY_TASK_STEP", 1), 1)
        of = _number(environment, "SLURM_ARRAY_TASK_COUNT")
        return _within((index - first) // step, of, "auto/N in an array without gaps")
    raise ValueError("auto/N, as Kubernetes does not say how many completions a Job has")


def _number(environment: Mapping[str, str], name: str, default: int | None = None) -> int:
    text = environment.get(name, "" if default is None else str(default))
    if not text.isdecimal():
        raise ValueError(f"I/N, or auto where {name} is a number, not {text!r}")
    return int(text)


def _within(index: int, of: int, accepted: str) -> Shard:
    if not 0 <= index < of:
        raise ValueError(accepted)
    return Shard(index=index, count=of)
