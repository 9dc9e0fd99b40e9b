"""The table of flags: what each is called, what it takes, and what it is for."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.game_flags import GAME_OPTIONS
from pytest_selfrepair.plugin.model_flags import MODEL_OPTIONS
from pytest_selfrepair.plugin.option import Option

CHECKER_NAMES = ("tolerant", "strict", "unordered", "apps")
"""The keys of `core.checker.CHECKERS`, which is not imported before a model is named."""


OPTIONS = (
    Option(
        name="model",
        metavar="NAME",
        help="the model that writes programs, or plays; turns the plugin on. local, local:1.5b, "
        "scripted:FILE, any name that the OpenAI-compatible endpoint knows, or of scenarios a rule",
        default=None,
        parse=values.text,
    ),
    Option(
        name="feedback",
        metavar="SOURCE",
        help="where feedback comes from; may be given more than once. self (explanation and repair "
        "in one completion), self:separate, none (error sentence only), blind, placebo, cases, "
        "trace, reference[:MODEL], human[:FILE], or a model's name; of scenarios self, none, goal, "
        "placebo, swapped, fresh, reference[:MODEL], human[:FILE] or a model's name "
        "(default: self)",
        default="self",
        parse=values.text,
        repeats=True,
    ),
    Option(
        name="programs",
        metavar="N",
        help="initial programs of a task, n_p (default: 5)",
        default="5",
        parse=values.whole(1),
    ),
    Option(
        name="repairs",
        metavar="N",
        help="repairs of every failing program, n_fr, each with feedback of its own; with "
        "--selfrepair-feedbacks, and of texts that people wrote, repairs on each text, n_r "
        "(default: 1)",
        default="1",
        parse=values.whole(0),
    ),
    Option(
        name="feedbacks",
        metavar="N",
        help="feedback texts about every failing program, n_f (default: one for each repair)",
        default=None,
        parse=values.whole(1),
    ),
    Option(
        name="depth",
        metavar="N",
        help="levels of repair: 2 repairs the repairs that fail as well, and so on (default: 1)",
        default="1",
        parse=values.whole(1),
    ),
    Option(
        name="policy",
        metavar="POLICY",
        help="batch grows every tree whole; dfs and bfs end each at its first pass, one request at "
        "a time: cheaper, but no smaller tree, no curve and no baseline can be estimated from it "
        "(default: batch)",
        default="batch",
        parse=values.one_of("batch", "dfs", "bfs"),
    ),
    Option(
        name="budget",
        metavar="TOKENS",
        help="generated tokens that one repair tree may cost, initial programs included "
        "(default: no bound)",
        default=None,
        parse=values.whole(1),
    ),
    Option(
        name="max_tokens_total",
        metavar="TOKENS",
        help="tokens that the whole run may generate, over all workers and resumed runs "
        "(default: no bound)",
        default=None,
        parse=values.whole(1),
    ),
    Option(
        name="max_cost",
        metavar="DOLLARS",
        help="US dollars that the whole run may cost, over all workers and resumed runs "
        "(default: no bound)",
        default=None,
        parse=values.number(0, 1e9),
    ),
    Option(
        name="plan",
        metavar="",
        help="say how many tasks, requests, tokens and US dollars the run would take at most and "
        "which gain it could show, and sample nothing",
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
    *MODEL_OPTIONS,
    Option(
        name="store",
        metavar="FILE",
        help="where samples and records are kept (default: .selfrepair/samples.sqlite)",
        default=".selfrepair/samples.sqlite",
        parse=values.path,
    ),
    Option(
        name="run_name",
        metavar="NAME",
        help="what this run is called, in lists and as a RUN (default: its number alone)",
        default=None,
        parse=values.run_name,
    ),
    Option(
        name="run_note",
        metavar="TEXT",
        help="what is to be known of this run, for `selfrepair runs`",
        default=None,
        parse=values.run_note,
    ),
    Option(
        name="replay",
        metavar="MODE",
        help="off: sample everything anew; auto: serve stored samples and pay for the rest; "
        "only: never pay, a sample that is not stored is an error (default: auto)",
        default="auto",
        parse=values.one_of("off", "auto", "only"),
    ),
    Option(
        name="sandbox",
        metavar="LEVEL",
        help="auto: the strongest isolation found; strict: refuse without bubblewrap; limits: "
        "resource limits alone, which auto refuses (default: auto)",
        default="auto",
        parse=values.one_of("auto", "strict", "limits"),
    ),
    Option(
        name="timeout",
        metavar="SECONDS",
        help="CPU time that a program may take for one case (default: 4)",
        default="4",
        parse=values.number(0.1, 3600),
    ),
    Option(
        name="memory",
        metavar="MB",
        help="memory that a program may use, in MB (default: 1024)",
        default="1024",
        parse=values.whole(64),
    ),
    Option(
        name="packages",
        metavar="NAMES",
        help="the installed distributions that programs may use, and what these need, with commas "
        "between: numpy,sortedcontainers; the model is told. none: the standard library alone "
        "(default: numpy for tasks of APPS and LiveCodeBench, whose own graders give it)",
        default=None,
        parse=values.packages,
    ),
    Option(
        name="checker",
        metavar="NAME",
        help="how output is compared: tolerant, strict, unordered, or apps, the official checker's "
        "semantics (default: tolerant)",
        default="tolerant",
        parse=values.one_of(*CHECKER_NAMES),
    ),
    Option(
        name="all_cases",
        metavar="",
        help="run every case of a program rather than stop at the first that fails",
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
    Option(
        name="judge_pool",
        metavar="NAME",
        help="where programs are judged: local; dask, workers on this machine; dask://HOST:PORT or "
        "dask:FILE.json, those of a Dask scheduler (default: local)",
        default="local",
        parse=values.pool,
    ),
    Option(
        name="mixed_isolation",
        metavar="",
        help="accept workers of a judge pool that keep programs apart from their machines in "
        "different ways",
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
    Option(
        name="reference_speed",
        metavar="MS",
        help="scale time limits to a machine whose speed is that, as `selfrepair doctor` says it "
        "(default: they are meant on whichever machine judges; of a pool's workers, on the "
        "fastest)",
        default=None,
        parse=values.number(0.1, 1e6),
    ),
    Option(
        name="rejudge",
        metavar="",
        help="judge every program anew in place of serving the verdicts that the store keeps, and "
        "say which of them changed",
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
    Option(
        name="validate",
        metavar="",
        help="try every task by its own reference solutions first, 20 at most; where none passes, "
        "the task is quarantined: skipped, and part of no rate; where one passes and another gives "
        "another answer, it is marked as ambiguous, and rates are shown without it, too",
        default="false",
        parse=values.yes_or_no,
        switch=True,
    ),
    Option(
        name="prompts",
        metavar="DIR",
        help="the prompt set: default, paper (in the structure of arXiv 2306.09896), or a folder "
        "with one of your own (default: default)",
        default="default",
        parse=values.text,
    ),
    Option(
        name="tasks",
        metavar="PATH",
        help="task folders or JSON Lines files to run where the command line names no path; may be "
        "given more than once (default: as pytest collects)",
        default=None,
        parse=values.text,
        repeats=True,
    ),
    Option(
        name="sample",
        metavar="N",
        help="run N tasks and N scenarios of those that are selected, drawn by --selfrepair-seed "
        "(else 0) with each difficulty and each zone of agreement in proportion; paper: of the "
        "tasks 60 introductory, 180 interview and 60 competition (default: all)",
        default=None,
        parse=values.sample,
    ),
    Option(
        name="shard",
        metavar="I/N",
        help="run the share I, from 0, of N shares of the tasks, dealt out by --selfrepair-seed "
        "(else 0) with each difficulty in proportion, and spend that part of the run's budgets and "
        "rate limits; `selfrepair merge` joins the hosts' stores; auto and auto/N as of "
        "`selfrepair judge` (default: all)",
        default=None,
        parse=values.shard,
    ),
    Option(
        name="feedback_cases",
        metavar="WHICH",
        help="the cases that feedback and repair may see: all, as in the paper, or public, those "
        "in the statement; every case decides in both (default: all)",
        default="all",
        parse=values.one_of("all", "public"),
    ),
    Option(
        name="local_weights",
        metavar="FILE",
        help="a GGUF file of your own for the model `local`",
        default=None,
        parse=values.path,
    ),
    Option(
        name="local_threads",
        metavar="N",
        help="processors that an embedded model computes on (default: all but one)",
        default=None,
        parse=values.whole(1),
    ),
    Option(
        name="html",
        metavar="PATH",
        help="write the run's page there: one file that needs no network",
        default=None,
        parse=values.path,
    ),
    Option(
        name="json",
        metavar="PATH",
        help="write every estimate there",
        default=None,
        parse=values.path,
    ),
    Option(
        name="markdown",
        metavar="PATH",
        help="write a short report there, for a pull request; it is added to $GITHUB_STEP_SUMMARY "
        "where that is set",
        default=None,
        parse=values.path,
    ),
    Option(
        name="baseline",
        metavar="RUN",
        help="compare with an earlier run: its number, `last`, a store, STORE::N, or a file of "
        "exported records; of several the gate takes each task's mean",
        default=None,
        parse=values.text,
        repeats=True,
    ),
    Option(
        name="fail_under",
        metavar="RATE",
        help="let this decide the exit status in place of single tasks: the least pass@t, 0 to 1, "
        "of the first feedback source",
        default=None,
        parse=values.number(0, 1),
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
        help="likewise, with --selfrepair-baseline: how much lower than there the rate may be",
        default=None,
        parse=values.number(0, 1),
    ),
    Option(
        name="max_unscored",
        metavar="SHARE",
        help="likewise: the largest share of tasks, and of items of scenarios, without a score "
        "(default with a gate: 0)",
        default=None,
        parse=values.number(0, 1),
    ),
    Option(
        name="gate_rule",
        metavar="RULE",
        help="shown: a regression fails where a fall is shown (one-sided, 5 %%) and exceeds the "
        "limit; noninferior: where it may exceed the limit, as most unchanged runs' may "
        "(default: shown)",
        default="shown",
        parse=values.one_of("shown", "noninferior"),
    ),
    Option(
        name="gate_scope",
        metavar="SCOPE",
        help="population: whether tasks like these are solved more rarely; tasks: whether these "
        "are, by pass@k of at most half of their programs (default: population)",
        default="population",
        parse=values.one_of("population", "tasks"),
    ),
    Option(
        name="discordance",
        metavar="SHARE",
        help="share of tasks that two runs of which neither is better solve differently, from "
        "which the plan and the gate say what so many tasks can show (default: that of two "
        "baselines, if there are)",
        default=None,
        parse=values.number(0, 1),
    ),
    Option(
        name="annotations",
        metavar="KIND",
        help="github: print the gate, every unsolved, lost or won task, and every broken rule of a "
        "game as annotations of a workflow (default: none)",
        default=None,
        parse=values.one_of("github"),
    ),
    *GAME_OPTIONS,
)
