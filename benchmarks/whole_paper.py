"""Measure disk, memory and time of the paper's whole experiment as one run on one machine.

    python benchmarks/whole_paper.py [--full] [--tasks N] [--programs N] [--repairs N] [--keep DIR]
                                     [--records]

At full size there are 300 tasks (60 introductory, 180 interview, 60 competition), 50 programs of
each, 25 repairs of every failing program, and 2,500 further programs of each unsolved task: about
390,000 completions. By default a small part of that is run.

The model is scripted. It answers at once, within pytest's process, with texts as long as a model's
and no easier to compress. This measures the cost of pytest, the engine, growing trees and the
store. Judging is measured separately: in the run a program's verdict is read off its last line,
and some of the programs are judged in the sandbox afterwards.

`--records` writes the records of such a run without running it, which takes a few minutes at full
size, and measures how long reading them takes.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

FULL = (300, 50, 25)
SMALL = (5, 10, 5)
STATEMENT_WORDS = 300
STEPS = 16
"""Lines of a program beside those that read and print."""

CONFTEST = """
import json
import os
import resource
import sys
import time

sys.path.insert(0, os.environ["WHOLE_PAPER"])

import pytest
import whole_paper
from pytest_selfrepair.plugin.reports import Reports
from pytest_selfrepair.sandbox import judge_settings

times = {}
judge_settings.SandboxJudge = whole_paper.scripted_judge()


def pytest_selfrepair_model(name, config):
    return whole_paper.scripted_model(name) if name == whole_paper.MODEL else None


def pytest_collection_finish():
    times["collected"] = time.perf_counter()


def pytest_runtest_logreport(report):
    times["last"] = time.perf_counter()
    times["peak_of_run"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def write(*given, before=Reports.write, **named):
    times["page"] = time.perf_counter()
    found = before(*given, **named)
    times["written"] = time.perf_counter()
    return found


Reports.write = write


def pytest_unconfigure():
    times["ended"] = time.perf_counter()
    times["processor"] = time.process_time()
    times["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open("times.json", "w") as file:
        json.dump(times, file)
"""
MODEL = "paper"
OF = 20
INTRODUCTORY, COMPETITION = 4, 16
"""Of so many tasks in a row, those before the one number, and those from the other on."""
MENDED = 0.1
"""The share of repairs that pass, of tasks that any program solves."""


def seeded(place: str) -> random.Random:
    """Chance that is the same for a place at any time."""
    return random.Random(place)  # noqa: S311 - nothing is to be kept secret


_VOCABULARY = [
    "".join(seeded(f"word {each}").choices("etaoinshrdlucmfwypvbgk", k=3 + each % 7))
    for each in range(1500)
]


def words(place: str, count: int) -> str:
    """So many words, the same for a place at any time."""
    return " ".join(seeded(place).choices(_VOCABULARY, k=count))


def passing(number: int, programs: int) -> int:
    """How many of a task's programs pass: of 300 tasks 40 are solved by none."""
    place = number % OF
    if place < INTRODUCTORY:
        return programs * 3 // 5
    if place < COMPETITION:
        return 0 if place == INTRODUCTORY else programs // 4
    return 0 if place % 2 else max(programs // 12, 1)


def difficulty(number: int) -> str:
    """The difficulty of a task: 60, 180 and 60 of 300."""
    place = number % OF
    return (
        "introductory"
        if place < INTRODUCTORY
        else "interview"
        if place < COMPETITION
        else "competition"
    )


def program(task: str, node: str, *, right: bool) -> str:
    """A program of some 700 characters. A repair keeps most lines of what it repairs."""
    number = int(task.rpartition("/")[2])
    root = node.partition("/")[0]
    lines = [_step(f"{task}#{root}", step) for step in range(STEPS)]
    if root != node:
        changed = seeded(f"{task}#{node}")
        for step in changed.sample(range(STEPS), 4):
            lines[step] = _step(f"{task}#{node}", step)
    end = "" if right else f"  # wrong by {1 + seeded(node).randrange(99)}"
    return "\n".join(
        [
            "import sys",
            "numbers = list(map(int, sys.stdin.read().split()))",
            "total = sum(numbers)",
            *lines,
            f"print(total + {number if right else -1}){end}",
        ]
    )


def _step(place: str, step: int) -> str:
    rng = seeded(f"{place}:{step}")
    one, two = rng.choices(_VOCABULARY, k=2)
    return f"{one}_{two} = [{rng.randrange(1000)} * x + {rng.randrange(100)} for x in numbers]"


def reply(task: str, node: str, programs: int) -> str:
    """What the model writes."""
    number = int(task.rpartition("/")[2])
    root, _, rest = node.partition("/")
    draw = int(root[1:])
    count = passing(number, programs)
    if not rest:
        right = draw < programs and draw >= programs - count
        return f"```python\n{program(task, node, right=right)}\n```"
    right = bool(count) and seeded(f"{task}#{node}").random() < MENDED
    explanation = words(f"{task}#{node}", 45)
    return f"{explanation}\n\n```python\n{program(task, node, right=right)}\n```"


def scripted_model(name: str) -> object:
    """A model that answers at once."""
    import asyncio  # noqa: PLC0415 - the run's process alone needs these

    from pytest_selfrepair.core.sample import Sample, SampleRequest, Usage  # noqa: PLC0415

    programs = int(os.environ["WHOLE_PAPER_PROGRAMS"])

    class Scripted:
        """The model."""

        def __init__(self) -> None:
            self.name = name

        async def sample(self, request: SampleRequest) -> Sample:
            """A completion."""
            await asyncio.sleep(0)
            text = reply(request.task_id, request.node, programs)
            prompt = sum(len(each.content) for each in request.messages)
            usage = Usage(
                completion_tokens=len(text) // 4, prompt_tokens=prompt // 4, counted_by="endpoint"
            )
            return Sample(text=text, usage=usage, finish_reason="stop", seconds=1.25)

        async def aclose(self) -> None:
            """Nothing to close."""

    return Scripted()


def scripted_judge() -> type:
    """A judge that looks at a program's last line."""
    from pytest_selfrepair.core.task import Task  # noqa: PLC0415 - as above
    from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict  # noqa: PLC0415
    from pytest_selfrepair.sandbox.installed_packages import Packages  # noqa: PLC0415
    from pytest_selfrepair.sandbox.limits import Limits  # noqa: PLC0415

    passed = Verdict(
        outcome=Outcome.PASSED, cases_run=3, cases_passed=3, rule="exact", seconds=0.006
    )

    class Scripted:
        """The judge."""

        isolation = "nothing"
        given = None
        at_once = 100
        notices = ()

        def __init__(self, **_: object) -> None:
            pass

        def open(self) -> None:
            """Nothing to start."""

        def limits_of(self, _: Task) -> Limits:
            """Limits of a task."""
            return Limits()

        def packages_of(self, _: Task) -> Packages:
            """Packages of a task."""
            return Packages()

        async def judge(self, task: Task, text: str) -> Verdict:
            """A verdict."""
            if "# wrong by " not in text.rstrip().rpartition("\n")[2]:
                return passed
            failure = CaseFailure(
                index=0,
                input=str(task.cases[0].input),
                expected=str(task.cases[0].expected),
                actual=str(len(text)),
            )
            return Verdict(
                outcome=Outcome.WRONG_ANSWER,
                cases_run=1,
                cases_passed=0,
                failure=failure,
                seconds=0.004,
                cpu_seconds=0.003,
            )

        async def aclose(self) -> None:
            """Nothing to close."""

    return Scripted


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What a process took: seconds of wall clock and processor, and its peak memory in MB."""

    seconds: float
    processor: float
    megabytes: float


def write_tasks(folder: Path, tasks: int) -> None:
    """The tasks."""
    for number in range(tasks):
        task = folder / f"tasks/{number:04d}"
        task.mkdir(parents=True)
        statement = words(f"statement {number}", STATEMENT_WORDS)
        (task / "question.txt").write_text(f"Add the numbers and {number}. {statement}")
        inputs = [" ".join(map(str, range(case, case + 9))) + "\n" for case in range(3)]
        sums = [sum(range(case, case + 9)) + number for case in range(3)]
        cases = {"inputs": inputs, "outputs": [f"{each}\n" for each in sums]}
        (task / "input_output.json").write_text(json.dumps(cases))
        (task / "metadata.json").write_text(json.dumps({"difficulty": difficulty(number)}))


def timed(folder: Path, *command: str, programs: int = 0) -> Timed:
    """Run a command there."""
    environment = os.environ | {
        "WHOLE_PAPER": str(Path(__file__).resolve().parent),
        "WHOLE_PAPER_PROGRAMS": str(programs),
    }
    began = time.perf_counter()
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) not in {0, 1} or "not scored" in _output(folder):
        raise SystemExit(_output(folder)[-3000:])
    return Timed(
        seconds=seconds,
        processor=used.ru_utime + used.ru_stime,
        megabytes=used.ru_maxrss * _KILO / 1e6,
    )


_KILO = 1 if sys.platform == "darwin" else 1024


def _output(folder: Path) -> str:
    return (folder / "output").read_text(errors="replace")


def run(folder: Path, programs: int, repairs: int) -> Timed:
    """The run."""
    (folder / "conftest.py").write_text(CONFTEST)
    return timed(
        folder,
        *("-m", "pytest", "tasks", "-q", "-q", "--tb=no", "-p", "no:cacheprovider"),
        *("--selfrepair-model", MODEL, "--selfrepair-feedback", "self"),
        *("--selfrepair-programs", str(programs), "--selfrepair-repairs", str(repairs)),
        *("--selfrepair-html", "page.html", "--selfrepair-json", "report.json"),
        programs=programs,
    )


def tables(store: Path) -> Iterator[str]:
    """How large each table of a store is, with its indexes, and how many rows it has."""
    with closing(sqlite3.connect(store)) as file:
        for table in ("samples", "prompts", "verdicts", "records"):
            rows = file.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - ours
            try:
                size = file.execute(
                    "SELECT sum(pgsize) FROM dbstat WHERE name IN "
                    "(SELECT name FROM sqlite_master WHERE tbl_name = ?)",
                    (table,),
                ).fetchone()[0]
            except sqlite3.OperationalError:  # SQLite was built without it
                size = 0
            yield f"{table} {size / 1e6:.1f} MB in {rows:,} rows"


def judged(programs: int, count: int) -> float:
    """Milliseconds of judging a program in the sandbox, several at once as in a run."""
    import asyncio  # noqa: PLC0415 - a part of the figures alone

    from pytest_selfrepair.api.judge_programs import opened_judge  # noqa: PLC0415
    from pytest_selfrepair.core.task import Case, Difficulty, Task  # noqa: PLC0415
    from pytest_selfrepair.sandbox.judge_settings import JudgeSettings  # noqa: PLC0415

    task = Task(
        id="tasks/0000",
        difficulty=Difficulty.INTRODUCTORY,
        statement="",
        cases=tuple(Case(input=f"{n} 2\n", expected=f"{n + 2}\n") for n in range(3)),
    )
    texts = [
        program("tasks/0000", f"p{n % programs}/self/r{n}", right=n % 10 == 0) for n in range(count)
    ]

    async def all_of_them() -> float:
        async with opened_judge(JudgeSettings()) as judge:
            await judge.judge(task, texts[0])
            began = time.perf_counter()
            await asyncio.gather(*(judge.judge(task, text) for text in texts))
            return time.perf_counter() - began

    return 1000 * asyncio.run(all_of_them()) / count


@contextmanager
def kept_or_not(keep: Path | None) -> Iterator[Path]:
    """The folder of the run."""
    if keep is not None:
        keep.mkdir(parents=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="selfrepair-whole-paper-") as name:
        yield Path(name)


def report(folder: Path, run: str) -> None:
    """Measure the commands that read a stored run."""
    for command in (("report", run, "--html", "again.html"), ("runs", *([run] * (run != "last")))):
        took = timed(folder, "-m", "pytest_selfrepair", *command)
        print(
            f"selfrepair {command[0]}: {took.seconds:.1f} s, {took.processor:.1f} s of processor, "
            f"{took.megabytes:.0f} MB",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--full", action="store_true", help="the paper's size: 300 tasks, 50 programs, 25 repairs"
    )
    parser.add_argument("--tasks", type=int)
    parser.add_argument("--programs", type=int)
    parser.add_argument("--repairs", type=int)
    parser.add_argument("--records", action="store_true", help="the records alone, and no run")
    parser.add_argument("--keep", type=Path, help="a new folder that the run is left in")
    options = parser.parse_args()
    size = FULL if options.full else SMALL
    tasks, programs, repairs = (
        given or default
        for given, default in zip(
            (options.tasks, options.programs, options.repairs), size, strict=True
        )
    )
    with kept_or_not(options.keep) as folder:
        if options.records:
            from whole_paper_records import write_records  # noqa: PLC0415 - it imports this module

            nodes = write_records(folder / "records.sqlite", tasks, programs, repairs)
            print(f"{tasks} tasks, {programs} programs, {repairs} repairs: {nodes:,} completions")
            report(folder, "records.sqlite")
            return
        write_tasks(folder, tasks)
        whole = run(folder, programs, repairs)
        times = json.loads((folder / "times.json").read_text())
        store = folder / ".selfrepair/samples.sqlite"
        with closing(sqlite3.connect(store)) as file:
            [count] = file.execute("SELECT count(*) FROM samples").fetchone()
        size_of_store = store.stat().st_size
        growing = times["last"] - times["collected"]
        print(f"{tasks} tasks, {programs} programs, {repairs} repairs: {count:,} completions")
        print(
            f"store: {size_of_store / 1e6:.1f} MB, {size_of_store / count:.0f} bytes a completion"
        )
        print(f"  {'; '.join(tables(store))}")
        print(f"memory of pytest's process: {times['peak'] * _KILO / 1e6:.0f} MB at most, ", end="")
        print(f"{times['peak_of_run'] * _KILO / 1e6:.0f} MB before the summary")
        print(f"sampling, growing, storing: {growing:.1f} s, {1000 * growing / count:.2f} ms each")
        print(f"summary: {times['page'] - times['last']:.1f} s after the last task")
        size_of_page = (folder / "page.html").stat().st_size / 1e6
        print(f"page and JSON: {times['written'] - times['page']:.1f} s, {size_of_page:.1f} MB")
        print(f"whole run: {whole.seconds:.1f} s, {whole.processor:.1f} s of processor")
        report(folder, "last")
    each = judged(programs, min(count, 500))
    print(f"judging, apart: {each:.1f} ms a program, {each * count / 1000:.0f} s for as many")


if __name__ == "__main__":
    main()
