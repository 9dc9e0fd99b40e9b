"""The flags of task selection and of the store."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

RUN_OPTIONS = (
    Option(
        name="tasks",
        metavar="PATH",
        help=(
            "task folders, JSON Lines files or hub: data sets to run if the command line names no"
            " path"
        ),
        default=None,
        otherwise="as pytest collects",
        parse=values.text,
        repeats=True,
        page="task-sets.md",
    ),
    Option(
        name="sample",
        metavar="N",
        help=(
            "run N of the selected tasks and N of the scenarios, each difficulty and each zone of"
            " agreement in proportion, drawn by --selfrepair-seed (else 0); paper: 60 "
            "introductory, 180 interview and 60 competition tasks"
        ),
        default=None,
        otherwise="all",
        parse=values.sample,
    ),
    Option(
        name="shard",
        metavar="I/N",
        help=(
            "run shard I, from 0, of N of the tasks, drawn by --selfrepair-seed (else 0) with "
            "each difficulty in proportion, with its part of the run's budgets and rate limits; "
            "`selfrepair merge` joins the stores; auto, auto/N: read I and N, or I, from the "
            "array job"
        ),
        default=None,
        otherwise="all",
        parse=values.shard,
        page="running.md#one-run-on-several-hosts",
    ),
    Option(
        name="validate",
        help=(
            "first try every task by its own reference solutions, 20 at most; if none passes, the"
            " task is quarantined: skipped and not scored; if accepted ones disagree, it is "
            "marked as ambiguous, and rates are also shown without it"
        ),
        default="false",
        parse=values.yes_or_no,
        switch=True,
        page="judging.md",
    ),
    Option(
        name="store",
        metavar="FILE",
        help="the store of samples and records",
        default=".selfrepair/samples.sqlite",
        parse=values.path,
    ),
    Option(
        name="run_name",
        metavar="NAME",
        help="the run's name, shown in lists and usable as a RUN",
        default=None,
        otherwise="its number only",
        parse=values.run_name,
        page="reports.md",
    ),
    Option(
        name="run_note",
        metavar="TEXT",
        help="a note on the run, shown by `selfrepair runs`",
        default=None,
        parse=values.run_note,
    ),
    Option(
        name="replay",
        metavar="MODE",
        help=(
            "off: sample everything anew; auto: reuse stored samples and pay for the rest; only: "
            "never pay, a missing sample is an error"
        ),
        default="auto",
        parse=values.one_of("off", "auto", "only"),
    ),
)
