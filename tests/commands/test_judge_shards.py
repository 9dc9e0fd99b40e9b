"""Shards of `selfrepair judge`, and `selfrepair merge` of their verdicts."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import write_task
from pytest_selfrepair.cli import main
from pytest_selfrepair.commands.fair_parts import expected_seconds, fair_parts
from warm_processes import python

RIGHT, WRONG = "print(sum(map(int, input().split())))", "print(0)"
SHARDS = 3


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two tasks and a file of programs, one line of which is malformed."""
    monkeypatch.chdir(tmp_path)
    for name, cases in (("0001", 2), ("0002", 6)):
        write_task(
            tmp_path / "tasks" / name,
            difficulty="introductory",
            inputs=["1 2\n"] * cases,
            outputs=["3\n"] * cases,
        )
    lines = [
        json.dumps({"task_id": f"000{1 + number % 2}", "program": f"{program} # {number}"})
        for number, program in enumerate([RIGHT, RIGHT, WRONG, WRONG, "1 +"] * 2)
    ]
    (tmp_path / "programs.jsonl").write_text("\n".join([*lines[:4], "", "{", *lines[4:]]) + "\n")
    return tmp_path


def judge(*arguments: str) -> int:
    return main(["judge", "tasks", "programs.jsonl", *arguments])


def shard(index: int) -> str:
    return f"part{index}.jsonl"


def all_shards() -> None:
    for index in range(SHARDS):
        judge("--shard", f"{index}/{SHARDS}", "-o", shard(index))


def merged(*parts: str) -> int:
    return main(["merge", *(parts or map(shard, range(SHARDS))), "-o", "merged.jsonl"])


def timeless(path: str) -> list[str]:
    """The lines of a file, but for the one fact that differs from execution to execution."""
    lines = map(json.loads, Path(path).read_text().splitlines())
    return [json.dumps(line | {"seconds": 0.0}) for line in lines]


def cut(whole: str) -> None:
    """Write the verdicts of one process into the files of shards, as these would have."""
    lines = {json.loads(line)["index"]: line for line in Path(whole).read_text().splitlines()}
    for index in range(SHARDS):
        heading, *own = Path(shard(index)).read_text().splitlines()
        replaced = [lines.get(json.loads(each)["index"], each) for each in own]
        Path(shard(index)).write_text("\n".join([heading, *replaced]) + "\n")


def test_the_merged_verdicts_of_all_shards_are_those_of_one_process(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge("-o", "whole.jsonl") == 1
    whole = [line for line in capsys.readouterr().err.splitlines() if "programs.jsonl:6" in line]
    all_shards()
    capsys.readouterr()
    assert merged() == 1
    assert capsys.readouterr().err.splitlines() == whole
    assert timeless("merged.jsonl") == timeless("whole.jsonl")
    cut("whole.jsonl")
    assert merged(shard(2), shard(0), shard(1)) == 1
    assert (here / "merged.jsonl").read_bytes() == (here / "whole.jsonl").read_bytes()


@pytest.mark.usefixtures("here")
def test_a_shard_begun_again_judges_only_what_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (Path("programs.jsonl")).write_text(Path("programs.jsonl").read_text().replace("{\n", ""))
    assert judge("--shard", "0/1", "-o", "part.jsonl") == 0
    lines = Path("part.jsonl").read_text().splitlines(keepends=True)
    broken = json.dumps(json.loads(lines[3]) | {"outcome": "sandbox_error"}) + "\n"
    Path("part.jsonl").write_text("".join([*lines[:3], broken, *lines[4:6], lines[6][:20]]))
    capsys.readouterr()
    assert judge("--shard", "0/1", "-o", "part.jsonl") == 0
    assert "shard 0/1: 10 programs, 4 judged before" in capsys.readouterr().err
    again = Path("part.jsonl").read_text().splitlines(keepends=True)
    assert again[:5] == [*lines[:3], *lines[4:6]]
    assert merged("part.jsonl") == 0
    found = Path("merged.jsonl").read_text().splitlines()
    assert [json.loads(line)["index"] for line in found] == [*range(10)]


@pytest.mark.usefixtures("here")
def test_a_file_that_holds_something_else_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge("--shard", "0/3", "-o", shard(0)) in {0, 1}
    for arguments, said in (
        (["--shard", "1/3"], "found shard 0/3; accepted: shard 1/3, or a new file"),
        (
            ["--shard", "0/3", "--checker", "strict"],
            "found verdicts by checker tolerant, other apps; accepted: checker strict",
        ),
    ):
        assert judge(*arguments, "-o", shard(0)) == 2
        assert said in capsys.readouterr().err
    with Path("programs.jsonl").open("a") as file:
        file.write(json.dumps({"task_id": "0001", "program": ""}))
    assert judge("--shard", "0/3", "-o", shard(0)) == 2
    assert "found verdicts of other programs or tasks" in capsys.readouterr().err
    Path("other.jsonl").write_text("{}\n")
    assert judge("--shard", "0/3", "-o", "other.jsonl") == 2
    assert "other.jsonl: line 1: found '{}" in capsys.readouterr().err
    assert judge("--shard", "0/3") == 2
    assert "--shard: found no -o FILE;" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_what_is_missing_doubled_or_contradictory_is_named_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    all_shards()
    capsys.readouterr()
    assert merged(shard(0), shard(2)) == 1
    said = capsys.readouterr().err
    assert "missing: shard 1 of 3" in said
    assert "missing: program" in said
    heading, first, *others = Path(shard(0)).read_text().splitlines(keepends=True)
    changed = json.dumps(json.loads(first) | {"outcome": "time_limit"}) + "\n"
    Path("twice.jsonl").write_text("".join([heading, changed, *others, "{half"]))
    assert merged(shard(0), shard(1), shard(2), "twice.jsonl") == 1
    said = capsys.readouterr().err
    number = json.loads(first)["index"]
    assert f"contradictory, to be judged again alone: program {number}\n" in said
    doubled = sorted(json.loads(line)["index"] for line in others)
    assert "doubled: program" in said
    assert all(f" {number}" in said for number in doubled[:5])
    assert not Path("merged.jsonl").exists()


@pytest.mark.usefixtures("here")
def test_shards_of_other_terms_are_not_joined(capsys: pytest.CaptureFixture[str]) -> None:
    judge("--shard", "0/2", "-o", shard(0))
    judge("--shard", "1/2", "--timeout", "2", "-o", shard(1))
    capsys.readouterr()
    assert merged(shard(0), shard(1)) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"selfrepair: {shard(1)}: terms: found limits [['cpu_seconds', 2.0]")
    assert f"as in {shard(0)}" in said


@pytest.mark.parametrize(
    ("index", "size"),
    [
        ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT"),
        ("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE"),
    ],
)
def test_processes_of_an_array_job_find_their_shards(here: Path, index: str, size: str) -> None:
    (here / "programs.jsonl").write_text(
        "".join(json.dumps({"task_id": "0001", "program": RIGHT + " " * n}) + "\n" for n in (1, 2))
    )
    command = python("pytest_selfrepair", "judge", "tasks", "programs.jsonl")
    processes = [
        subprocess.Popen(
            [*command, "--shard", "auto", "-o", shard(number)],
            env=os.environ | {index: str(number), size: "2"},
            stderr=subprocess.DEVNULL,
        )
        for number in range(2)
    ]
    assert [process.wait() for process in processes] == [0, 0]
    assert merged(shard(0), shard(1)) == 0
    assert len(Path("merged.jsonl").read_text().splitlines()) == 2


@given(
    groups=st.lists(st.integers(0, 5), max_size=300),
    costs=st.lists(st.floats(0, 100), min_size=6, max_size=6),
    parts=st.integers(1, 12),
)
def test_every_part_has_its_fair_share(groups: list[int], costs: list[float], parts: int) -> None:
    keys = np.random.default_rng(1).integers(0, 1 << 60, len(groups)).astype(np.uint64)
    found = fair_parts(np.array(groups, np.int64), keys, costs, parts)
    each = np.array([costs[group] for group in groups], float)
    loads = np.bincount(found, weights=each, minlength=parts)
    mean = each.sum() / parts
    piece = max([mean / 32, *each.tolist()])
    assert len(found) == len(groups)
    assert loads.max() <= mean + piece + 1e-6
    assert set(found.tolist()) <= set(range(parts))


def test_programs_of_a_task_stay_together_as_far_as_that_is_fair() -> None:
    groups = np.repeat(np.arange(640), 50)
    keys = np.arange(len(groups), dtype=np.uint64)
    found = fair_parts(groups, keys, [4.0] * 640, 10)
    shares = [len(set(found[groups == group].tolist())) for group in range(640)]
    assert set(np.bincount(found).tolist()) == {3200}
    assert max(shares) == 1


@given(
    cases=st.integers(1, 100),
    limit=st.floats(0.1, 60),
    more=st.integers(1, 9),
    longer=st.floats(1, 9),
)
def test_more_cases_and_a_longer_limit_are_expected_to_take_longer(
    cases: int, limit: float, more: int, longer: float
) -> None:
    for everything in (False, True):
        expected = expected_seconds(cases, limit, all_cases=everything)
        assert expected < expected_seconds(cases + more, limit, all_cases=everything)
        assert expected < expected_seconds(cases, limit + longer, all_cases=everything)
