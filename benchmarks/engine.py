"""Measure how well the engine keeps an endpoint busy, compared with the ideal.

    python benchmarks/engine.py [--tasks N] [--connections N] [--mean SECONDS] [--long N]

A local server answers with log-normal latencies with a mean of 2 s, scaled down to --mean. The
ideal time is the sum of all latencies divided by the number of connections, plus the longest chain
of requests of one task that depend on each other. Efficiency is the ideal time divided by the time
from the first request to the last answer. For comparison, fewer tasks are run one after the other.
Compare efficiencies, not times.

The engine's own CPU time is measured separately, with a model in pytest's own process and a judge
that runs nothing. What remains is the CPU time of pytest, the engine, the account, the store and
growing trees. Two runs of different length are subtracted, so that start-up does not count.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_replies import Reply
from pytest_selfrepair.models.scripted_server import ScriptedServer

SIGMA = 0.6
WATCH = """\
import os, resource, time

def pytest_runtest_logreport(report):
    if report.when == "call":
        with open("/proc/self/status") as file:
            size = next(line.split()[1] for line in file if line.startswith("VmRSS"))
        with open(f"memory-{os.getpid()}", "a") as file:
            print(size, file=file)

def pytest_unconfigure():
    with open(f"cpu-{os.getpid()}", "w") as file:
        print(time.process_time(), file=file)
"""
PLAIN = """
from pytest_selfrepair.plugin.engine import Engine

Engine.expect = lambda *_: None  # nothing is known before it is asked for
"""

ALONE = """
import asyncio

from pytest_selfrepair.core.sample import Sample, Usage
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.api import judge_programs
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.installed_packages import Packages

TEXT = "```python\\nprint(0)\\n```"
FAILS = Verdict(
    outcome=Outcome.WRONG_ANSWER,
    cases_run=1,
    cases_passed=0,
    failure=CaseFailure(index=0, input="1 2", expected="3", actual="0"),
)


class InProcess:
    name = "in-process"

    async def sample(self, request):
        await asyncio.sleep(0.02)
        usage = Usage(completion_tokens=60, prompt_tokens=200, counted_by="endpoint")
        return Sample(text=TEXT, usage=usage, finish_reason="stop")

    async def aclose(self):
        pass


class NoJudge:
    isolation = "nothing"
    given = None

    def __init__(self, **_):
        pass

    def limits_of(self, task):
        return Limits()

    def packages_of(self, task):
        return Packages()

    async def judge(self, task, program):
        return FAILS

    async def aclose(self):
        pass


def pytest_selfrepair_model(name, config):
    return InProcess() if name == InProcess.name else None


judge_programs.SandboxJudge = NoJudge
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request: whose it was, which nodes it drew, how long its answer took."""

    task: str
    nodes: tuple[str, ...]
    began: float
    ended: float
    latency: float


class WatchedServer(ScriptedServer):
    """A server that remembers when it was asked for what."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.served: list[Served] = []

    async def reply(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What a request gets."""
        task, _, nodes = unquote(headers.get("x-client-request-id", "")).rpartition("#")
        names = tuple(nodes.split(","))
        began = time.perf_counter()
        reply = await super().reply(method, path, headers, body)
        ended = time.perf_counter()
        latency = max(
            self.script.seconds(f"{task}#{node}", self.script.answer(task, node)) for node in names
        )
        self.served.append(
            Served(task=task, nodes=names, began=began, ended=ended, latency=latency)
        )
        return reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run came to; times in seconds."""

    requests: int
    ideal: float
    measured: float
    whole: float
    cpu: float
    most_in_flight: int
    memory: list[int] = field(default_factory=list)

    @property
    def efficiency(self) -> float:
        """The ideal's share of what was measured."""
        return self.ideal / self.measured


def ideal(served: list[Served], connections: int) -> float:
    """Seconds that nobody could do without: all latencies at once, then the longest chain.

    Repairs wait for a task's programs, and its baseline for the repairs; that the baseline may be
    drawn in several rounds is left out.
    """
    stages: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for each in served:
        first = each.nodes[0]
        stage = 1 if "/" in first else 0 if int(first[1:]) < PROGRAMS else 2
        stages[each.task][stage] = max(stages[each.task][stage], each.latency)
    chain = max(sum(latencies) for latencies in stages.values())
    return sum(each.latency for each in served) / connections + chain


PROGRAMS = 5


def write_project(folder: Path, tasks: int, mean: float, *, plain: bool) -> Path:
    """Tasks that no two of have a prompt in common; about half are solved by a repair."""
    for number in range(tasks):
        task = folder / f"tasks/{number:05d}"
        task.mkdir(parents=True)
        (task / "question.txt").write_text(f"Print the sum of two numbers plus {number}.")
        cases = {"inputs": ["1 2\n", "3 4\n"], "outputs": [f"{3 + number}\n", f"{7 + number}\n"]}
        (task / "input_output.json").write_text(json.dumps(cases))
        (task / "metadata.json").write_text('{"difficulty": "interview"}')
    wrong = [f"```python\nprint({draw})\n```" for draw in range(PROGRAMS)]
    answers = {
        f"tasks/{number:05d}": {
            "program": [{"text": text, "tokens": 60} for text in wrong],
            "repair": {
                "text": f"```python\nprint(sum(map(int, input().split())) + {number % 2 * number})"
                "\n```",
                "tokens": 60,
            },
        }
        for number in range(tasks)
    }
    script = folder / "script.json"
    latency = {"seed": 1, "mean": mean, "sigma": SIGMA}
    script.write_text(json.dumps({"tasks": answers, "latency": latency}))
    (folder / "conftest.py").write_text(WATCH + PLAIN * plain)
    return script


@contextmanager
def serving(script: Path) -> Iterator[WatchedServer]:
    """A running server on a free port."""
    server = WatchedServer(Script(script))
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(stop),))
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def run(tasks: int, connections: int, mean: float, *more: str, plain: bool = False) -> Result:
    """One run of pytest in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="selfrepair-engine-") as name:
        folder = Path(name)
        script = write_project(folder, tasks, mean, plain=plain)
        with serving(script) as server:
            command = [
                *(sys.executable, "-m", "pytest", "tasks", "-q", "-q", "--tb=no"),
                *("--selfrepair-model", "gpt-4", "--selfrepair-base-url", server.base_url),
                *("--selfrepair-feedback", "self", "--selfrepair-feedback", "none"),
                *("--selfrepair-programs", str(PROGRAMS), "--selfrepair-repairs", "1"),
                *("--selfrepair-concurrency", str(connections), *more),
            ]
            began = time.perf_counter()
            done = subprocess.run(
                command,
                cwd=folder,
                env=os.environ | {"OPENAI_API_KEY": "none"},
                capture_output=True,
                text=True,
                check=False,
            )
            whole = time.perf_counter() - began
            if done.returncode not in (0, 1) or "not scored" in done.stdout:
                raise SystemExit(done.stdout[-3000:] + done.stderr[-1000:])
            served = server.served
        cpu = sum(float(path.read_text()) for path in folder.glob("cpu-*"))
        memory = [
            int(line) for path in folder.glob("memory-*") for line in path.read_text().splitlines()
        ]
        return Result(
            requests=len(served),
            ideal=ideal(served, connections),
            measured=max(each.ended for each in served) - min(each.began for each in served),
            whole=whole,
            cpu=cpu,
            most_in_flight=server.most_in_flight,
            memory=memory,
        )


def own_milliseconds(tasks: int, connections: int) -> float:
    """Processor time for each request of pytest's process, but for HTTP and judging."""
    seconds: list[float] = []
    requests: list[int] = []
    for count in (tasks // 4, tasks):
        with tempfile.TemporaryDirectory(prefix="selfrepair-engine-") as name:
            folder = Path(name)
            write_project(folder, count, 0.0, plain=False)
            (folder / "conftest.py").write_text(WATCH + ALONE)
            command = [
                *(sys.executable, "-m", "pytest", "tasks", "-q", "-q", "--tb=no"),
                *("--selfrepair-model", "in-process"),
                *("--selfrepair-feedback", "self", "--selfrepair-feedback", "none"),
                *("--selfrepair-programs", str(PROGRAMS), "--selfrepair-repairs", "1"),
                *("--selfrepair-concurrency", str(connections)),
            ]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode not in (0, 1) or "not scored" in done.stdout:
                raise SystemExit(done.stdout[-3000:] + done.stderr[-1000:])
            seconds += [float(path.read_text()) for path in folder.glob("cpu-*")]
            with contextlib.closing(sqlite3.connect(folder / ".selfrepair/samples.sqlite")) as file:
                requests.append(file.execute("SELECT count(*) FROM samples").fetchone()[0])
    return 1000 * (seconds[1] - seconds[0]) / (requests[1] - requests[0])


def show(title: str, found: Result) -> None:
    """Print a line."""
    print(
        f"{title:34} {found.requests:6} requests, {found.most_in_flight:3} at once at most: "
        f"ideal {found.ideal:6.1f} s, measured {found.measured:6.1f} s, "
        f"efficiency {found.efficiency:.3f}; CPU {1000 * found.cpu / found.requests:.2f} ms a "
        f"request, whole run {found.whole:.1f} s",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--mean", type=float, default=1.0, help="seconds of an answer, on average")
    parser.add_argument("--long", type=int, default=0, help="also a run of so many tasks")
    options = parser.parse_args()
    few = max(options.tasks // 20, 2)
    plain = run(few, options.connections, options.mean, plain=True)
    show(f"one task at a time, {few} tasks", plain)
    serial = run(options.tasks, options.connections, options.mean)
    show(f"one process, {options.tasks} tasks", serial)
    show(
        f"-n 2, {options.tasks} tasks",
        run(options.tasks, options.connections, options.mean, "-n", "2"),
    )
    ratio = serial.efficiency / plain.efficiency
    print(f"working ahead is {ratio:.1f} times as efficient as one task at a time")
    own = own_milliseconds(4 * options.tasks, options.connections)
    print(f"without HTTP and judging: {own:.2f} ms of processor a request, all of pytest's process")
    if options.long:
        found = run(options.long, options.connections, options.mean / 10)
        show(f"one process, {options.long} tasks, fast", found)
        tenths = [found.memory[i * len(found.memory) // 10] // 1024 for i in range(1, 10)]
        print(f"memory at each tenth, MiB: {tenths}")


if __name__ == "__main__":
    main()
