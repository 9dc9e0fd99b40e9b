"""The flags of judging programs."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

CHECKER_NAMES = ("tolerant", "strict", "unordered", "apps")
"""The keys of `core.checker.CHECKERS`, which is imported only once a model is named."""

JUDGE_OPTIONS = (
    Option(
        name="sandbox",
        metavar="LEVEL",
        help=(
            "auto: the strongest isolation found, but never resource limits alone; strict: "
            "bubblewrap or nothing; limits: resource limits alone"
        ),
        default="auto",
        parse=values.one_of("auto", "strict", "limits"),
        page="sandbox.md",
    ),
    Option(
        name="timeout",
        metavar="SECONDS",
        help=(
            "CPU time that a program may use for one case, in seconds, unless the task sets its "
            "own limit"
        ),
        default="4",
        parse=values.number(0.1, 3600),
    ),
    Option(
        name="memory",
        metavar="MB",
        help=(
            "memory that a program may use for one case, in MB, unless the task sets its own limit"
        ),
        default="1024",
        parse=values.whole(64),
    ),
    Option(
        name="packages",
        metavar="NAMES",
        help=(
            "installed distributions that programs may import, separated by commas "
            "(numpy,sortedcontainers), with their dependencies; the prompt names them; none: only"
            " the standard library"
        ),
        default=None,
        otherwise="numpy for tasks of APPS and LiveCodeBench, as in their own graders",
        parse=values.packages,
        page="judging.md",
    ),
    Option(
        name="checker",
        metavar="NAME",
        help=(
            "how output is compared: tolerant, strict, unordered, or apps, which accepts the same"
            " as the official checker"
        ),
        default="tolerant",
        parse=values.one_of(*CHECKER_NAMES),
        page="judging.md#checkers",
    ),
    Option(
        name="all_cases",
        help="run every case of a program instead of stopping at the first that fails",
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
    Option(
        name="judge_pool",
        metavar="NAME",
        help=(
            "where programs are judged: local; dask: workers on this machine; dask://HOST:PORT or"
            " dask:FILE.json: workers of a Dask scheduler"
        ),
        default="local",
        parse=values.pool,
        page="scale.md",
    ),
    Option(
        name="mixed_isolation",
        help="accept a judge pool whose workers have different isolation levels",
        default="false",
        parse=values.yes_or_no,
        switch=True,
        page="scale.md",
    ),
    Option(
        name="reference_speed",
        metavar="MS",
        help=(
            "scale time limits to a machine of this speed, in the CPU milliseconds that "
            "`selfrepair doctor` prints"
        ),
        default=None,
        otherwise="none; in a pool, the speed of the fastest worker",
        parse=values.number(0.1, 1e6),
        page="scale.md#machines-of-different-speed",
    ),
    Option(
        name="rejudge",
        help="judge again instead of reusing stored verdicts, and report which changed",
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
)
