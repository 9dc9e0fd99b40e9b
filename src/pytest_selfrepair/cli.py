"""The `selfrepair` command: reads options, and hands each subcommand over to its room."""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path

from pytest_selfrepair import __version__
from pytest_selfrepair.commands import (
    export,
    export_authors,
    judge,
    people,
    runs,
    survey,
    take_in,
    take_in_authors,
    validate,
)
from pytest_selfrepair.core.checker import CHECKERS
from pytest_selfrepair.core.record import UNKNOWN
from pytest_selfrepair.errors import SelfRepairError, UsageError
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.judge import SandboxJudge
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.store.authors_file import SingleRepair
from pytest_selfrepair.store.runs import ACCEPTED, DEFAULT_STORE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What stands behind the command's name; None: what the process was given.

    Returns:
        The exit status: 0 or 1 as the subcommand says, 2 for what cannot be done, 130 when
        interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], Coroutine[None, None, int]] = options.run
        return asyncio.run(run(options))
    except SelfRepairError as error:
        print(f"selfrepair: {error}", file=sys.stderr)  # noqa: T201 - what a command does
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


async def _judge(options: argparse.Namespace) -> int:
    async with _sandbox(options) as sandbox:
        return await judge.run(
            options.tasks, options.programs, options.out, sandbox, at_once=options.jobs
        )


async def _validate(options: argparse.Namespace) -> int:
    async with _sandbox(options) as sandbox:
        return await validate.run(
            options.paths, sandbox, at_once=options.jobs, as_json=options.json
        )


async def _tasks(options: argparse.Namespace) -> int:
    return survey.run(options.paths, as_json=options.json)


async def _export(options: argparse.Namespace) -> int:
    name, number = options.run_name, options.run_number
    if options.format == "authors":
        if options.what is not None:
            raise UsageError(f"--what: found {options.what}; accepted: with --format lines alone")
        if number is not None:
            name = export.numbered(name, number)
        return export_authors.run(name, options.out, source=options.source)
    if options.source is not None:
        raise UsageError(f"--source: found {options.source}; accepted: with --format authors alone")
    store, run = export.chosen(name, number)
    return export.run(store, options.out, what=options.what or "all", run=run)


async def _import(options: argparse.Namespace) -> int:
    if options.format == "authors":
        return await take_in_authors.run(
            options.file,
            options.into,
            model=options.model or UNKNOWN,
            source=options.source or "self",
            single=SingleRepair(options.single_repair or SingleRepair.AUTO),
            tasks=options.tasks,
        )
    for name in ("model", "source", "single_repair", "tasks"):
        if (found := getattr(options, name)) is not None:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option}: found {found}; accepted: with --format authors alone")
    return take_in.run(options.file, options.into)


async def _runs(options: argparse.Namespace) -> int:
    return runs.run(options.store, as_json=options.json)


async def _report(options: argparse.Namespace) -> int:
    # Estimators and templates take a while to load, which no other command needs.
    from pytest_selfrepair.commands import report  # noqa: PLC0415

    return report.run(
        options.name,
        html=options.html,
        json=options.json,
        markdown_to=options.markdown,
        quiet=options.quiet,
    )


async def _plot(options: argparse.Namespace) -> int:
    from pytest_selfrepair.commands import report  # noqa: PLC0415 - as above

    return report.plot(options.name, options.kind, options.out)


async def _compare(options: argparse.Namespace) -> int:
    from pytest_selfrepair.commands import compare  # noqa: PLC0415 - as above

    out = {kind: getattr(options, kind) for kind in ("json", "markdown", "html")}
    return compare.run(options.before, options.after, out, quiet=options.quiet)


@contextlib.asynccontextmanager
async def _sandbox(options: argparse.Namespace) -> AsyncIterator[SandboxJudge]:
    sandbox = SandboxJudge(
        isolation=find_isolation(options.sandbox),
        limits=Limits(cpu_seconds=options.timeout, memory_bytes=options.memory * 1_000_000),
        checker=CHECKERS[options.checker],
        concurrency=options.jobs,
        all_cases=options.all_cases,
    )
    print(f"selfrepair: programs run in {sandbox.isolation}", file=sys.stderr)  # noqa: T201 - as above
    try:
        yield sandbox
    finally:
        await sandbox.aclose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="selfrepair",
        description="Judge programs that a language model wrote for APPS tasks, and keep samples.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    command = commands.add_parser("judge", help="judge programs that were sampled elsewhere")
    command.add_argument(
        "tasks",
        metavar="TASKS",
        type=Path,
        help="a task's folder, a folder of such folders, or a .jsonl or .jsonl.gz file, or "
        "hub:NAME[split]",
    )
    command.add_argument(
        "programs",
        metavar="PROGRAMS",
        type=Path,
        help='JSON Lines of {"task_id": ..., "program": ...}',
    )
    command.add_argument(
        "-o", "--out", metavar="OUT", type=Path, help="where verdicts go (default: standard output)"
    )
    command.add_argument(
        "--all-cases",
        action="store_true",
        help="run every case of a program rather than stop at the first that fails",
    )
    _add_judging(command)
    command.set_defaults(run=_judge)

    command = commands.add_parser("validate", help="try tasks by their own reference solutions")
    command.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help="where tasks are, as for judge"
    )
    command.add_argument("--json", action="store_true", help="print JSON Lines")
    _add_judging(command)
    command.set_defaults(run=_validate, all_cases=False)

    command = commands.add_parser("tasks", help="say what tasks there are, and what is wrong")
    command.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help="where tasks are, as for judge"
    )
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=_tasks)

    _add_storing(commands)
    _add_compare(commands)
    people.add(commands)
    return parser


def _add_storing(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands that read and write stores."""
    command = commands.add_parser("runs", help="list the runs of a store")
    command.add_argument(
        "store",
        metavar="STORE",
        type=Path,
        nargs="?",
        default=DEFAULT_STORE,
        help=f"what --selfrepair-store names (default: {DEFAULT_STORE.as_posix()})",
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_runs)

    command = commands.add_parser("report", help="estimate a stored run again, and show it")
    command.add_argument("name", metavar="RUN", help=ACCEPTED)
    for option, what in (
        ("--html", "write the run's page there"),
        ("--json", "write every estimate there"),
        ("--markdown", "write a short report there"),
    ):
        command.add_argument(
            option, metavar="OUT", type=Path, help=f"{what} (-: standard output), and no text"
        )
    command.add_argument("-q", "--quiet", action="store_true", help="print three lines")
    command.set_defaults(run=_report)

    command = commands.add_parser("plot", help="draw a figure of a stored run, for a paper")
    command.add_argument("name", metavar="RUN", help=ACCEPTED)
    command.add_argument(
        "--kind",
        choices=["curve", "heatmap", "sources"],
        default="curve",
        help="curve: pass@t; heatmap: shapes against i.i.d. sampling; sources: repair rates and "
        "paired differences (default: curve)",
    )
    command.add_argument(
        "-o", "--out", metavar="FILE", type=Path, required=True, help="a .svg, .pdf or .png file"
    )
    command.set_defaults(run=_plot)

    command = commands.add_parser("export", help="write samples and records as lines")
    command.add_argument("run_name", metavar="RUN", help=f"{ACCEPTED}")
    command.add_argument(
        "-o", "--out", metavar="FILE", type=Path, help="where they go (default: standard output)"
    )
    command.add_argument(
        "--format",
        choices=["lines", "authors"],
        default="lines",
        help="lines: what import takes back, of a whole STORE or of one run; authors: one run as "
        "the authors of arXiv 2306.09896 publish theirs (default: lines)",
    )
    command.add_argument("--what", choices=["samples", "records", "all"], help="(default: all)")
    command.add_argument(
        "--run",
        metavar="N",
        dest="run_number",
        type=_number(int, 1),
        help="STORE --run N is STORE::N: only the records of this run, and the samples of the "
        "tasks in it",
    )
    command.add_argument(
        "--source",
        metavar="NAME",
        help="with --format authors: the feedback source whose repairs stand where the authors' "
        "scripts look for them (default: the first)",
    )
    command.set_defaults(run=_export)

    command = commands.add_parser("import", help="put what was exported into a store")
    command.add_argument("file", metavar="FILE", type=Path, help="what export has written")
    command.add_argument(
        "--into",
        metavar="STORE",
        type=Path,
        default=DEFAULT_STORE,
        help=f"the store; it is made where it is missing (default: {DEFAULT_STORE.as_posix()})",
    )
    command.add_argument(
        "--format",
        choices=["lines", "authors"],
        default="lines",
        help="as for export; of authors a new run is made and its RUN printed (default: lines)",
    )
    authors = command.add_argument_group("with --format authors, for what a line does not say")
    authors.add_argument("--tasks", metavar="PATH", type=Path, help="where difficulties are")
    authors.add_argument("--model", metavar="NAME", help=f"the code model (default: {UNKNOWN})")
    authors.add_argument("--source", metavar="NAME", help="the feedback source (default: self)")
    authors.add_argument(
        "--single-repair",
        choices=[str(each) for each in SingleRepair],
        help="what a failing program's single repair is: passed, the mark in old files of one that "
        "passed when it was run again; repair; auto: passed where all other failing programs have "
        "repairs of one and the same number, as in those files (default: auto)",
    )
    command.set_defaults(run=_import)


def _add_compare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("compare", help="hold one run against another, task by task")
    command.add_argument("before", metavar="A", help=f"the run before: {ACCEPTED}")
    command.add_argument("after", metavar="B", help="the run after, named alike")
    for kind, what in (("json", "JSON"), ("markdown", "Markdown"), ("html", "a page")):
        command.add_argument(
            f"--{kind}",
            metavar="OUT",
            type=Path,
            help=f"write {what} there, too (-: standard output, and no text)",
        )
    command.add_argument("-q", "--quiet", action="store_true", help="three lines of text alone")
    command.set_defaults(run=_compare)


def _add_judging(command: argparse.ArgumentParser) -> None:
    """The options of judging, as the plugin has them."""
    command.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        type=_number(int, 1),
        default=_processors(),
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
        type=_number(float, 0.1),
        default=4.0,
        help="CPU time that a program may take for one case (default: 4)",
    )
    command.add_argument(
        "--memory",
        metavar="MB",
        type=_number(int, 64),
        default=1024,
        help="memory that a program may use, in MB (default: 1024)",
    )
    command.add_argument(
        "--sandbox",
        choices=["auto", "strict", "limits"],
        default="auto",
        help="auto: the strongest isolation found; strict: refuse without bubblewrap; limits: "
        "resource limits alone (default: auto)",
    )


def _number(kind: type[int] | type[float], least: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = least - 1
        if not least <= number <= 1_000_000:  # noqa: PLR2004 - days of time, or a terabyte
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"found {text!r}; accepted: {what} from {least:g} up")
        return number

    return parse


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


if __name__ == "__main__":
    sys.exit(main())
