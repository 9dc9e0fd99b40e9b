"""The flags of how programs are judged."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

CHECKER_NAMES = ("tolerant", "strict", "unordered", "apps")
"""The keys of `core.checker.CHECKERS`, which is not imported before a model is named."""

JUDGE_OPTIONS = (
    Option(
        name="sandbox",
        metavar="LEVEL",
        help=(
            "auto: the strongest isolation found; strict: refuse without bubblewrap; "
            "limits: resource limits alone, which auto refuses"
        ),
        default="auto",
        parse=values.one_of("auto", "strict", "limits"),
        page="sandbox.md",
    ),
    Option(
        name="timeout",
        metavar="SECONDS",
        help="CPU time that a program may take for one case, unless the task sets its own limit",
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
            "installed distributions that programs may import, with commas between "
            "(numpy,sortedcontainers), and what these need; the model is told; none: the "
            "standard library alone"
        ),
        default=None,
        otherwise="numpy for tasks of APPS and LiveCodeBench, whose own graders give it",
        parse=values.packages,
        page="judging.md",
    ),
    Option(
        name="checker",
        metavar="NAME",
        help=(
            "how output is compared: tolerant, strict, unordered, or apps, the official "
            "checker's semantics"
        ),
        default="tolerant",
        parse=values.one_of(*CHECKER_NAMES),
        page="judging.md#checkers",
    ),
    Option(
        name="all_cases",
        help="run every case of a program rather than stop at the first that fails",
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
    Option(
        name="judge_pool",
        metavar="NAME",
        help=(
            "where programs are judged: local; dask, workers on this machine; "
            "dask://HOST:PORT or dask:FILE.json, those of a Dask scheduler"
        ),
        default="local",
        parse=values.pool,
        page="scale.md",
    ),
    Option(
        name="mixed_isolation",
        help="accept workers of a judge pool that isolate programs at different levels",
        default="false",
        parse=values.yes_or_no,
        switch=True,
        page="scale.md",
    ),
    Option(
        name="reference_speed",
        metavar="MS",
        help="scale time limits to a machine of this speed, as `selfrepair doctor` says it",
        default=None,
        otherwise="meant on the machine that judges; of a pool's workers, on the fastest",
        parse=values.number(0.1, 1e6),
        page="scale.md#machines-of-different-speed",
    ),
    Option(
        name="rejudge",
        help=(
            "judge anew instead of serving the verdicts that the store keeps, and say which changed"
        ),
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
)
