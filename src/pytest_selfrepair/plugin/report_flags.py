"""The flags of reports and of the gate."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

REPORT_OPTIONS = (
    Option(
        name="html",
        metavar="PATH",
        help="write the run's page to this file; it needs no network",
        default=None,
        parse=values.path,
        page="reports.md",
    ),
    Option(
        name="json",
        metavar="PATH",
        help="write every estimate to this file",
        default=None,
        parse=values.path,
        page="report-json.md",
    ),
    Option(
        name="markdown",
        metavar="PATH",
        help=(
            "write a short report to this file, for a pull request; it is also added to "
            "$GITHUB_STEP_SUMMARY where that is set"
        ),
        default=None,
        parse=values.path,
        page="ci.md",
    ),
    Option(
        name="annotations",
        metavar="KIND",
        help=(
            "github: print the gate, every unsolved, lost or won task, and every broken "
            "rule of a game as workflow annotations"
        ),
        default=None,
        parse=values.one_of("github"),
        page="ci.md",
    ),
    Option(
        name="baseline",
        metavar="RUN",
        help=(
            "compare with an earlier run: its number or name, `last`, a store, STORE::N, "
            "or a file of exported records; with several, the gate uses each task's mean"
        ),
        default=None,
        parse=values.text,
        repeats=True,
    ),
)

GATE_OPTIONS = (
    Option(
        name="fail_under",
        metavar="RATE",
        help=(
            "let a limit decide the exit status instead of single tasks: the least "
            "pass@t, 0 to 1, of the first feedback source"
        ),
        default=None,
        parse=values.number(0, 1),
        page="reports.md#the-gate",
    ),
    Option(
        name="fail_under_lower",
        metavar="RATE",
        help="likewise: the least lower end of that rate's interval over tasks",
        default=None,
        parse=values.number(0, 1),
    ),
    Option(
        name="max_regression",
        metavar="SHARE",
        help="likewise: how far the rate may fall below that of --selfrepair-baseline",
        default=None,
        parse=values.number(0, 1),
    ),
    Option(
        name="max_unscored",
        metavar="SHARE",
        help="likewise: the largest unscored share of tasks and of items of scenarios",
        default=None,
        otherwise="0 with a gate",
        parse=values.number(0, 1),
    ),
    Option(
        name="gate_rule",
        metavar="RULE",
        help=(
            "shown: a regression fails where a fall is shown (one-sided, 5 %) and "
            "exceeds the limit; noninferior: where it may exceed the limit, as most "
            "unchanged runs' may"
        ),
        default="shown",
        parse=values.one_of("shown", "noninferior"),
    ),
    Option(
        name="gate_scope",
        metavar="SCOPE",
        help=(
            "population: whether tasks like these are solved more rarely; tasks: whether "
            "these are, where only draws vary, by pass@k of at most half of their "
            "programs"
        ),
        default="population",
        parse=values.one_of("population", "tasks"),
    ),
)
