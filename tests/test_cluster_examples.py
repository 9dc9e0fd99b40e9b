"""The array jobs in examples/cluster: as far as their files can be tried without a cluster."""

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from places import ROOT
from projects import write_task
from pytest_selfrepair.cli import main
from warm_processes import python

CLUSTER = ROOT / "examples/cluster"
RIGHT = "print(sum(map(int, input().split())))"
SHARDS = 2


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a task, programs and a command `selfrepair`, as a member of an array finds."""
    monkeypatch.chdir(tmp_path)
    write_task(
        tmp_path / "apps_tasks/0001", difficulty="interview", inputs=["1 2\n"], outputs=["3\n"]
    )
    lines = [json.dumps({"task_id": "0001", "program": f"{RIGHT}# {n}"}) for n in range(4)]
    (tmp_path / "programs.jsonl").write_text("\n".join(lines) + "\n")
    command = tmp_path / "bin/selfrepair"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.join(python("pytest_selfrepair"))} "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    return tmp_path


def members(command: list[str], *environments: Mapping[str, str]) -> None:
    """Run the members of an array at once, each as its environment says, then merge."""
    processes = [
        subprocess.Popen(command, env=os.environ | dict(each), stderr=subprocess.DEVNULL)
        for each in environments
    ]
    assert [process.wait() for process in processes] == [0] * len(environments)
    assert main(["judge", "apps_tasks", "programs.jsonl", "-o", "whole.jsonl"]) == 0
    parts = sorted(map(str, Path("verdicts").iterdir()))
    assert len(parts) == len(environments)
    assert main(["merge", *parts, "-o", "merged.jsonl"]) == 0
    assert timeless("merged.jsonl") == timeless("whole.jsonl")


def timeless(path: str) -> list[object]:
    return [json.loads(line) | {"seconds": 0} for line in Path(path).read_text().splitlines()]


@pytest.mark.parametrize("script", ["slurm-array.sh", "aws-batch-submit.sh"])
def test_the_scripts_are_shell(script: str) -> None:
    subprocess.run(["bash", "-n", str(CLUSTER / script)], check=True)  # noqa: S607 - any bash


def test_the_members_of_a_slurm_array_judge_what_one_process_does(here: Path) -> None:
    text = (CLUSTER / "slurm-array.sh").read_text()
    assert "#SBATCH --array=0-15\n" in text
    assert "SHARDS=16 " in text
    script = here / "slurm.sh"
    script.write_text(text.replace("SHARDS=16 ", f"SHARDS={SHARDS} "))
    members(
        ["bash", str(script)],
        *({"SLURM_ARRAY_TASK_ID": str(n), "SLURM_CPUS_PER_TASK": "1"} for n in range(SHARDS)),
    )


def test_the_completions_of_a_kubernetes_job_judge_what_one_process_does(here: Path) -> None:
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load((CLUSTER / "kubernetes-job.yaml").read_text())
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    spec = job["spec"]
    assert spec["completionMode"] == "Indexed"
    pod = spec["template"]["spec"]
    assert pod["restartPolicy"] == "Never"  # which backoffLimitPerIndex wants
    assert spec["backoffLimitPerIndex"] > 0
    (container,) = pod["containers"]
    assert {each["name"] for each in container["volumeMounts"]} == {
        each["name"] for each in pod["volumes"]
    }
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    size = f"auto/{spec['completions']}"
    assert size in container["command"][-1]
    command = [each.replace(size, f"auto/{SHARDS}") for each in container["command"]]
    members(command, *({"JOB_COMPLETION_INDEX": str(n)} for n in range(SHARDS)))
    assert here.joinpath("verdicts/1.jsonl").exists()


def test_the_children_of_an_aws_batch_job_judge_what_one_process_does(here: Path) -> None:
    job = json.loads((CLUSTER / "aws-batch-job-definition.json").read_text())
    assert set(job) == {
        *("jobDefinitionName", "type", "parameters", "retryStrategy", "timeout"),
        "containerProperties",
    }
    container = job["containerProperties"]
    assert {each["type"] for each in container["resourceRequirements"]} == {"VCPU", "MEMORY"}
    assert all(each["value"].isdecimal() for each in container["resourceRequirements"])
    volumes = {each["name"] for each in container["volumes"]}
    assert {each["sourceVolume"] for each in container["mountPoints"]} == volumes
    named = {"Ref::" + name: value for name, value in job["parameters"].items()}
    command = [named.get(each, each).replace("/work/", f"{here}/") for each in container["command"]]
    members(
        command,
        *(
            {"AWS_BATCH_JOB_ARRAY_INDEX": str(n), "AWS_BATCH_JOB_ARRAY_SIZE": str(SHARDS)}
            for n in range(SHARDS)
        ),
    )


def test_what_is_submitted_to_aws_batch_is_the_definition_and_an_array(here: Path) -> None:
    calls = here / "calls"
    aws = here / "bin/aws"
    aws.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {shlex.quote(str(calls))}\n')
    aws.chmod(0o755)
    subprocess.run([str(CLUSTER / "aws-batch-submit.sh"), "queue"], check=True)
    registered, submitted = calls.read_text().splitlines()
    definition = CLUSTER / "aws-batch-job-definition.json"
    assert registered == f"batch register-job-definition --cli-input-json file://{definition}"
    name = json.loads(definition.read_text())["jobDefinitionName"]
    assert f"--job-definition {name} " in submitted
    assert submitted.endswith("--job-queue queue --array-properties size=16")
