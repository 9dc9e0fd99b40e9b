"""The options of commands that run programs, and the sandboxes made from them."""

import argparse
import contextlib
from collections.abc import AsyncIterator

from pytest_selfrepair.api.judge_programs import opened_judge
from pytest_selfrepair.commands.arguments import add_packages, number
from pytest_selfrepair.commands.output import tell
from pytest_selfrepair.core.checker import CHECKERS
from pytest_selfrepair.core.pool_name import ACCEPTED, pool_named
from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.sandbox.isolation import SandboxMode
from pytest_selfrepair.sandbox.judge_pool import JudgePool
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings

_DEFAULT = JudgeSettings()


def add(command: argparse.ArgumentParser) -> None:
    """Add the options of judging, as in the plugin."""
    command.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        type=number(int, 1),
        default=usable_processors(),
        help="programs to run at a time (default: one for each processor)",
    )
    command.add_argument(
        "--checker",
        choices=list(CHECKERS),
        default=_DEFAULT.checker,
        help=f"how to compare output (default: {_DEFAULT.checker})",
    )
    command.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=number(float, 0.1),
        default=_DEFAULT.timeout,
        help="CPU time that a program may use for one case, in seconds (default: "
        f"{_DEFAULT.timeout:g})",
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
        help="auto: the strongest isolation found, but never resource limits alone; strict: "
        f"bubblewrap or nothing; limits: resource limits alone (default: {_DEFAULT.sandbox})",
    )
    command.add_argument(
        "--pool",
        metavar="NAME",
        type=_pool,
        default=_DEFAULT.pool,
        help=f"where to judge programs: {ACCEPTED} (default: {_DEFAULT.pool})",
    )
    command.add_argument(
        "--mixed-isolation",
        action="store_true",
        help="accept a pool whose workers have different isolation levels",
    )
    command.add_argument(
        "--reference-speed",
        metavar="MS",
        type=number(float, 0.1),
        help="scale time limits to a machine of this speed, in the CPU milliseconds that "
        "`selfrepair doctor` prints (default: none; in a pool, the speed of the fastest worker)",
    )


def settings(options: argparse.Namespace, *, all_cases: bool = False) -> JudgeSettings:
    """The judge's settings from the options."""
    return JudgeSettings(
        checker=options.checker,
        timeout=options.timeout,
        memory=options.memory,
        packages=options.packages,
        sandbox=options.sandbox,
        all_cases=all_cases,
        jobs=options.jobs,
        pool=options.pool,
        mixed_isolation=options.mixed_isolation,
        reference_speed=options.reference_speed,
    )


@contextlib.asynccontextmanager
async def opened(chosen: JudgeSettings) -> AsyncIterator[JudgePool]:
    """Open the requested pool; its machines' isolation is reported."""
    async with opened_judge(chosen, option="--{}".format) as judge:
        tell(f"selfrepair: programs run in {judge.isolation}")
        yield judge
        for line in judge.notices:
            tell(f"selfrepair: {line}")


def _pool(text: str) -> str:
    try:
        pool_named(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"found {text!r}; accepted: {error}") from None
    return text
