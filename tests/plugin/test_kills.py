"""A run that is killed at any moment goes on later, and pays again for nothing that it has."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest
from execnet.gateway_io import popen_bootstrapline

import warm_process
from projects import LEAN, SCRIPT, fenced, write_project, write_task
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_server import ScriptedServer, serving
from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.sqlite_store import SqliteStore
from warm_processes import PROCESSES, python

KEY = "sk-never-shown"
SERIAL, TWO = ("-p", "no:xdist"), ("-n2",)
KINDS = {
    "the only process": (SERIAL, "controller"),
    "the only process and its children": (SERIAL, "group"),
    "a worker": (TWO, "worker"),
    "the controller": (TWO, "controller"),
    "all at once": (TWO, "group"),
}
TIMES = 12
"""How often each is killed in the slow tests."""
COLD = (sys.executable, "-m", "pytest")
"""A run whose processes are all of the system's own making."""
QUICK = ("the only process", "a worker")
"""What is killed once in every run of the tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder of tasks, and what an undisturbed run makes of it.

    Attributes:
        root: The folder.
        script: What the endpoint answers.
        requests: Requests of an undisturbed run.
        trees: Every task's trees.
    """

    root: Path
    script: Script
    requests: int
    trees: dict[str, Grown | None]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("project")
    write_project(root)
    tasks = SCRIPT["tasks"]
    assert isinstance(tasks, dict)
    answers = {
        name: {place: slowly(its) for place, its in of.items()} for name, of in tasks.items()
    }
    for number in range(4, 8):
        name = f"tasks/interview/{number:04}"
        write_task(
            root / name,
            difficulty="interview",
            inputs=["2\n"],
            outputs=[f"{number}\n"],
            statement=f"Print {number}.",  # equal prompts would share their samples
        )
        wrong, right = (
            fenced("print(1)"),
            f"Add.\n\n# Repaired program\n{fenced(f'print({number})')}",
        )
        answers[name] = {"program": slowly(wrong), "repair": slowly(right)}
    (root / "script.json").write_text(
        json.dumps({"tasks": answers, "api_key": KEY, "models": ["gpt-4"]})
    )
    script = Script(root / "script.json")
    store = root / "undisturbed.sqlite"
    with serving(script) as server:
        finish(start(root, store, server, SERIAL, python("pytest")))
        return Project(
            root=root, script=script, requests=server.requests.total(), trees=trees(store)
        )


def slowly(answers: object) -> object:
    """Answers of which each takes a twentieth of a second."""
    if isinstance(answers, list):
        return [slowly(each) for each in answers]
    # As many tokens as an endpoint would count: fewer would not be believed.
    return {"text": answers, "seconds": 0.05, "tokens": len(str(answers)) // 2}


@pytest.mark.parametrize("kind", QUICK)
def test_a_run_that_was_killed_goes_on(project: Project, tmp_path: Path, kind: str) -> None:
    kill_and_go_on(
        project, tmp_path / "samples.sqlite", kind, seed=f"{kind} 0", killed=python("pytest")
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, TIMES + 1))
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_killed_at_any_moment_goes_on(
    project: Project, tmp_path: Path, kind: str, seed: int
) -> None:
    kill_and_go_on(project, tmp_path / "samples.sqlite", kind, seed=f"{kind} {seed}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_run_that_was_killed_again_and_again_goes_on(
    project: Project, tmp_path: Path, seed: int
) -> None:
    kinds = list(KINDS)
    several = [kinds[seed], kinds[seed + 1], kinds[-1 - seed], kinds[seed + 2]]
    kill_and_go_on(project, tmp_path / "samples.sqlite", *several, seed=str(seed))


def kill_and_go_on(
    project: Project, store: Path, *kinds: str, seed: str, killed: Sequence[str] = COLD
) -> None:
    """Kill runs on one store, one after another, and let the last one end."""
    at_random = random.Random(seed)  # noqa: S311 - the moments are to be the same every time
    with serving(project.script) as server:
        modes: tuple[str, ...] = SERIAL
        for kind in kinds:
            modes, target = KINDS[kind]
            left = project.requests - len(answered(store))
            if not left:  # a run whose worker was killed may have ended well
                break
            process = start(project.root, store, server, modes, killed)
            wait_for(server, process, server.requests.total() + at_random.randrange(left) + 1)
            time.sleep(at_random.random() / 10)
            kill(process, target, project.root)
            filed, asked = answered(store), Counter(server.requests)
        output = finish(start(project.root, store, server, modes, python("pytest")))
        paid_again = {place for place in filed if server.requests[place] != asked[place]}
        again = sum(count - 1 for count in server.requests.values())
    found = trees(store)
    assert found.keys() == project.trees.keys(), output
    for task_id, expected in project.trees.items():  # by itself, so that pytest says what differs
        assert nodes(found[task_id]) == nodes(expected), output
    assert not paid_again
    assert set(server.requests) == set(answered(store))
    spent, lost, cost = account(store)
    assert again <= lost, "what is paid twice was in flight when the run was killed"
    assert spent == cost, "every sample is paid for once, and every payment has its sample"
    assert sorted(each.name for each in store.parent.iterdir()) == [store.name]
    assert KEY.encode() not in store.read_bytes()


def start(
    root: Path,
    store: Path,
    server: ScriptedServer,
    modes: tuple[str, ...],
    interpreter: Sequence[str],
) -> subprocess.Popen[str]:
    command = [*interpreter, "tasks", "--selfrepair-model", "gpt-4", *modes]
    command += ["--selfrepair-programs", "2", f"--selfrepair-store={store}"]
    command += ["--selfrepair-base-url", server.base_url, "-p", "no:cacheprovider"]
    command += ["--selfrepair-concurrency", "4"]
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "PYTEST_ADDOPTS": LEAN}
    return subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=120)
    assert process.returncode in {0, 1}, output
    return output


def wait_for(server: ScriptedServer, process: subprocess.Popen[str], requests: int) -> None:
    """Until the server has been asked so often, or the run has ended."""
    while server.requests.total() < requests and process.poll() is None:
        time.sleep(0.002)


def kill(process: subprocess.Popen[str], target: str, root: Path) -> None:
    """Kill one process or all, and wait until none of the run is left."""
    workers = workers_in(root)
    if target == "worker":
        assert workers or process.poll() is not None
        for worker in workers[:1]:
            with suppress(psutil.NoSuchProcess):  # it has just ended
                worker.kill()
    elif target == "controller":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=120)
    _, left = psutil.wait_procs(workers, timeout=60)
    assert not any(map(alive, left)), "a worker outlives its controller"


def workers_in(root: Path) -> list[psutil.Process]:
    """The workers of the run in a folder."""
    commands = (["-c", popen_bootstrapline], [warm_process.__file__, PROCESSES.address])
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if process.info["cwd"] == str(root) and (process.info["cmdline"] or [])[-2:] in commands
    ]


def alive(process: psutil.Process) -> bool:
    """Not where it has ended, and only its parent has not asked."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def trees(store: Path) -> dict[str, Grown | None]:
    """What the last run has grown, without what tells runs apart."""
    with closing(SqliteStore(store)) as opened:
        runs = opened.read(lambda connection: connection.execute("SELECT max(id) FROM runs"))
        return {record.task_id: grown(record) for record in opened.records(runs.fetchone()[0])}


def grown(record: Record) -> Grown | None:
    def same(nodes: tuple[ProgramNode, ...]) -> Iterator[ProgramNode]:
        for node in nodes:
            verdict = replace(node.verdict, seconds=0.0, cpu_seconds=0.0, slowest=0.0)
            cost = replace(node.cost, replayed_tokens=0, replayed_dollars=0.0)
            yield replace(node, cost=cost, verdict=verdict, seconds=None)

    found = record.grown
    return found and replace(
        found,
        programs=tuple(same(found.programs)),
        trees=tuple(replace(each, repairs=tuple(same(each.repairs))) for each in found.trees),
        baseline=tuple(same(found.baseline)),
    )


def nodes(found: Grown | None) -> list[str]:
    """A task's trees, a line for each node."""
    if found is None:
        return []
    inner = [each for tree in found.trees for each in (replace(tree, repairs=()), *tree.repairs)]
    bare = replace(found, programs=(), trees=(), baseline=())
    return [repr(each) for each in (bare, *found.programs, *inner, *found.baseline)]


def answered(store: Path) -> set[str]:
    """The places whose samples are filed."""
    if not store.exists():
        return set()
    with closing(SqliteStore(store)) as opened:
        rows = opened.read(
            lambda connection: connection.execute("SELECT task_id, node FROM samples").fetchall()
        )
    return {f"{task_id}#{node}" for task_id, node in rows}


def account(store: Path) -> tuple[int, int, int]:
    """Tokens spent, requests lost, and the tokens of all samples that are filed."""
    with closing(SqliteStore(store)) as opened:
        opened.ledger.lost("")  # finds out who is dead
        spent, lost = opened.read(
            lambda connection: connection.execute(
                "SELECT sum(tokens), sum(lost) FROM campaigns"
            ).fetchone()
        )
        samples = [each.sample for each in exchange.samples(opened)]
    return spent, lost, sum(each.usage.completion_tokens for each in samples)
