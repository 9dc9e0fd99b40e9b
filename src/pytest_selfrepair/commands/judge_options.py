"""What commands that run programs have in common: their options, and the sandbox made of these."""

import argparse
import contextlib
from collections.abc import AsyncIterator

from pytest_selfrepair.api.judge_programs import JudgeSettings, opened_judge
from pytest_selfrepair.commands.arguments import add_packages, number
from pytest_selfrepair.commands.output import tell
from pytest_selfrepair.core.checker import CHECKERS
from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.sandbox.isolation import SandboxMode
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

_DEFAULT = JudgeSettings()


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
        default=_DEFAULT.checker,
        help=f"how output is compared (default: {_DEFAULT.checker})",
    )
    command.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=number(float, 0.1),
        default=_DEFAULT.timeout,
        help=f"CPU time that a program may take for one case (default: {_DEFAULT.timeout:g})",
    )
    command.add_argument(
        "--memory",
        metavar="MB",
        type=number(int, 64),
        default=_DEFAULT.memory,
        help=f"memory that a program may use, in MB (default: {_DEFAULT.memory})",
    )
    add_packages(command)
    command.add_argument(
        "--sandbox",
        choices=[str(mode) for mode in SandboxMode],
        default=_DEFAULT.sandbox,
        help="auto: the strongest isolation found; strict: refuse without bubblewrap; limits: "
        f"resource limits alone (default: {_DEFAULT.sandbox})",
    )


@contextlib.asynccontextmanager
async def sandbox(
    options: argparse.Namespace, *, all_cases: bool = False
) -> AsyncIterator[SandboxJudge]:
    """The judge that was asked for; it is told how programs are kept apart from this machine."""
    settings = JudgeSettings(
        checker=options.checker,
        timeout=options.timeout,
        memory=options.memory,
        packages=options.packages,
        sandbox=options.sandbox,
        all_cases=all_cases,
        jobs=options.jobs,
    )
    async with opened_judge(settings, packages_by="--packages") as judge:
        tell(f"selfrepair: programs run in {judge.isolation}")
        yield judge
