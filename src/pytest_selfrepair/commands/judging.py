"""What commands that run programs have in common: their options, and the sandbox made of these."""

import argparse
import contextlib
from collections.abc import AsyncIterator

from pytest_selfrepair.commands.arguments import add_packages, number
from pytest_selfrepair.commands.output import tell
from pytest_selfrepair.core.checker import CHECKERS
from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.judge import SandboxJudge
from pytest_selfrepair.sandbox.limits import MEGABYTE, Limits
from pytest_selfrepair.sandbox.packages import find_packages


def add(command: argparse.ArgumentParser) -> None:
    """The options of judging, as the plugin has them."""
    command.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        type=number(int, 1),
        default=usable_processors(),
        help="programs that run at once (default: one for each processor)",
    )
    command.add_argument(
        "--checker",
        choices=list(CHECKERS),
        default="tolerant",
        help="how output is compared (default: tolerant)",
    )
    command.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=number(float, 0.1),
        default=4.0,
        help="CPU time that a program may take for one case (default: 4)",
    )
    command.add_argument(
        "--memory",
        metavar="MB",
        type=number(int, 64),
        default=1024,
        help="memory that a program may use, in MB (default: 1024)",
    )
    add_packages(command)
    command.add_argument(
        "--sandbox",
        choices=["auto", "strict", "limits"],
        default="auto",
        help="auto: the strongest isolation found; strict: refuse without bubblewrap; limits: "
        "resource limits alone (default: auto)",
    )


@contextlib.asynccontextmanager
async def sandbox(
    options: argparse.Namespace, *, all_cases: bool = False
) -> AsyncIterator[SandboxJudge]:
    """The judge that was asked for; it is told how programs are kept apart from this machine."""
    named: tuple[str, ...] | None = options.packages
    packages = None if named is None else find_packages(named, "--packages")
    judge = SandboxJudge(
        isolation=find_isolation(options.sandbox),
        limits=Limits(cpu_seconds=options.timeout, memory_bytes=options.memory * MEGABYTE),
        checker=CHECKERS[options.checker],
        concurrency=options.jobs,
        all_cases=all_cases,
        packages=packages,
    )
    tell(f"selfrepair: programs run in {judge.isolation}")
    try:
        yield judge
    finally:
        await judge.aclose()
