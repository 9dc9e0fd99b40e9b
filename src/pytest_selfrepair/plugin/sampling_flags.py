"""The flags of sampling and of its costs."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

SAMPLING_OPTIONS = (
    Option(
        name="model",
        metavar="NAME",
        help=(
            "the model that writes programs or, in scenarios, plays; without it the plugin is "
            "off: local, local:1.5b, scripted:FILE, any name that the endpoint knows, or, for "
            "scenarios, a rule"
        ),
        default=None,
        otherwise="",
        parse=values.text,
    ),
    Option(
        name="feedback",
        metavar="SOURCE",
        help=(
            "a feedback source; for tasks: self (explanation and repair in one completion), "
            "self:separate, none (the error alone), blind, placebo, cases, trace, "
            "reference[:MODEL], human[:FILE] or a model's name; for scenarios: self, none, goal, "
            "placebo, swapped, fresh, reference[:MODEL], human[:FILE] or a model's name"
        ),
        default="self",
        parse=values.text,
        repeats=True,
        page="feedback.md",
    ),
    Option(
        name="programs",
        metavar="N",
        help="initial programs of each task, n_p",
        default="5",
        parse=values.whole(1),
    ),
    Option(
        name="repairs",
        metavar="N",
        help=(
            "repairs of each failing program, n_fr, each with its own feedback; with "
            "--selfrepair-feedbacks, and for texts written by people, repairs for each text, n_r"
        ),
        default="1",
        parse=values.whole(0),
    ),
    Option(
        name="feedbacks",
        metavar="N",
        help="feedback texts for each failing program, n_f",
        default=None,
        otherwise="one for each repair",
        parse=values.whole(1),
    ),
    Option(
        name="depth",
        metavar="N",
        help="levels of repair; 2: failing repairs are repaired again, and so on",
        default="1",
        parse=values.whole(1),
    ),
    Option(
        name="policy",
        metavar="POLICY",
        help=(
            "batch: grow every tree in full; dfs, bfs: end each tree at its first pass, one "
            "request at a time, which is cheaper, but smaller trees, the curve and the baseline "
            "cannot be estimated"
        ),
        default="batch",
        parse=values.one_of("batch", "dfs", "bfs"),
        page="reports.md#trees-that-end-at-their-first-pass",
    ),
    Option(
        name="prompts",
        metavar="DIR",
        help=(
            "the prompt set: default, paper (with the structure of arXiv 2306.09896), or a folder"
            " with your own"
        ),
        default="default",
        parse=values.text,
    ),
    Option(
        name="feedback_cases",
        metavar="WHICH",
        help=(
            "the cases that feedback and repair may see: all, as in the paper, or public, those "
            "in the statement; verdicts always depend on all cases"
        ),
        default="all",
        parse=values.one_of("all", "public"),
    ),
)

BUDGET_OPTIONS = (
    Option(
        name="budget",
        metavar="TOKENS",
        help="generated tokens that one repair tree may cost, initial programs included",
        default=None,
        otherwise="no bound",
        parse=values.whole(1),
    ),
    Option(
        name="max_tokens_total",
        metavar="TOKENS",
        help=(
            "tokens that the whole run may generate, over all workers and resumed runs; tasks "
            "then run in a random order, balanced over difficulties"
        ),
        default=None,
        otherwise="no bound",
        parse=values.whole(1),
    ),
    Option(
        name="max_cost",
        metavar="DOLLARS",
        help=(
            "US dollars that the whole run may cost, over all workers and resumed runs; tasks "
            "then run in a random order, balanced over difficulties"
        ),
        default=None,
        otherwise="no bound",
        parse=values.number(0, 1e9),
    ),
    Option(
        name="prices",
        metavar="FILE",
        help=(
            "a TOML file of prices, which take precedence over the built-in ones: a table "
            '["MODEL"] with input, cached_input and output, in US dollars per million tokens'
        ),
        default=None,
        otherwise="the built-in ones",
        parse=values.path,
    ),
    Option(
        name="plan",
        help=(
            "sample nothing; report the most tasks, completions, tokens and US dollars that the "
            "run could take, and the gain it could detect"
        ),
        default="false",
        parse=values.yes_or_no,
        switch=True,
        page="running.md",
    ),
    Option(
        name="discordance",
        metavar="SHARE",
        help=(
            "the share of tasks, 0 to 1, that two equally good runs solve differently; the plan "
            "and the gate derive from it what the tasks can detect"
        ),
        default=None,
        otherwise="that of two baselines, if given",
        parse=values.number(0, 1),
    ),
)
