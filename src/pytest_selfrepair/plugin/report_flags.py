"""The flags of reports and of the gate."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

REPORT_OPTIONS = (
    Option(
        name="html",
        metavar="PATH",
        help="write the run's page, which needs no network, to this file",
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
            "write a short report for a pull request to this file, and to $GITHUB_STEP_SUMMARY if"
            " that is set"
        ),
        default=None,
        parse=values.path,
        page="ci.md",
    ),
    Option(
        name="annotations",
        metavar="KIND",
        help=(
            "github: print the gate, every unsolved, lost or won task, and every broken rule of a"
            " game as workflow annotations"
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
            "fail if pass@t of the first feedback source is below RATE, 0 to 1; with any such "
            "limit, single unsolved tasks no longer decide the exit status"
        ),
        default=None,
        parse=values.number(0, 1),
        page="reports.md#the-gate",
    ),
    Option(
        name="fail_under_lower",
        metavar="RATE",
        help="fail if the lower end of that rate's interval over tasks is below RATE, 0 to 1",
        default=None,
        parse=values.number(0, 1),
    ),
    Option(
        name="max_regression",
        metavar="SHARE",
        help="fail if that rate is lower than in --selfrepair-baseline by more than SHARE, 0 to 1",
        default=None,
        parse=values.number(0, 1),
    ),
    Option(
        name="max_unscored",
        metavar="SHARE",
        help=(
            "fail if more than this SHARE, 0 to 1, of the tasks and of the items of scenarios is "
            "unscored"
        ),
        default=None,
        otherwise="0 with a gate",
        parse=values.number(0, 1),
    ),
    Option(
        name="gate_rule",
        metavar="RULE",
        help=(
            "when a regression fails: shown: if a fall is shown (one-sided, 5 %) and exceeds the "
            "limit; noninferior: unless it is shown not to exceed the limit, so that many "
            "unchanged runs fail"
        ),
        default="shown",
        parse=values.one_of("shown", "noninferior"),
    ),
    Option(
        name="gate_scope",
        metavar="SCOPE",
        help=(
            "what a regression is about: population: tasks like these; tasks: exactly these "
            "tasks, where only draws vary, by pass@k of at most half of their programs"
        ),
        default="population",
        parse=values.one_of("population", "tasks"),
    ),
)
