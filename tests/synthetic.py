"""Runs that never were: records with random verdicts and little programs, and findings to match."""

import random
from collections.abc import Sequence

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.ledger import Lost
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.task import Difficulty, TaskKind
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.estimate import findings as found
from pytest_selfrepair.estimate.compare import task_outcome
from pytest_selfrepair.estimate.findings import (
    ALL,
    About,
    Answer,
    AtEqualTokens,
    Curve,
    CurvePoint,
    Estimate,
    Findings,
    Flips,
    HeatCell,
    HeatMap,
    Pair,
    Policy,
    Refused,
    RepairRate,
    Shape,
    SourceFindings,
    Tally,
    Unscored,
)

METHOD = "BCa bootstrap over tasks, 10,000 draws"
FAULTS = (
    Outcome.WRONG_ANSWER,
    Outcome.WRONG_ANSWER,
    Outcome.RUNTIME_ERROR,
    Outcome.TIME_LIMIT,
    Outcome.SYNTAX_ERROR,
    Outcome.NO_PROGRAM,
)
SUBJECTS = ("beads", "bridges", "letters", "ferries", "coins", "towers", "lamps", "orchards")
STATEMENT = """{subject} stand in a row, numbered from 1 to n. Each has a weight, and two of them \
are twins if their weights differ by at most k.

For several rows, count the pairs of twins: the pairs of positions i < j such that {subject} i and \
j are twins. A row may be long, so a program that tries every pair will not end in time.

-----Input-----
The first line holds t, the number of rows (1 <= t <= {limit}). Each row takes two lines: n and k, \
then n weights between 0 and 10^9.

-----Output-----
For each row print one line: the number of pairs.

-----Examples-----
Input
2
4 1
1 2 4 3
3 0
5 5 5

Output
3
3
"""
BODIES = (
    "total = sum(1 for i in range({n}) for j in range(i + 1, {n}) if abs(w[i] - w[j]) <= k)",
    (
        "w.sort()\n    total = left = 0\n    for right in range(n):\n"
        "        while w[right] - w[left] > k + {c}:\n            left += 1\n"
        "        total += right - left"
    ),
    "w.sort()\n    total = sum(bisect_right(w, x + k) - i - {c} for i, x in enumerate(w))",
    "seen = Counter(w)\n    total = sum(m * (m - 1) // 2 for m in seen.values()) + {c}",
)


STEPS = (
    "    {a} = [{b} - {n} for {b} in w if {b} > {m}]\n",
    "    {a} = max(w, default={n}) // {m} + len(w)\n",
    "    if n == {n}:\n        return {m}\n",
    "    {a} = {{{b}: {n} for {b} in w[:{m}]}}\n",
    "    for {a} in range({n}, {m}):\n        w[{a} % n] += {n}\n",
    "    {a}, {b} = divmod(n * {n}, {m})\n",
)
WORDS = (
    "best",
    "cur",
    "seen",
    "gap",
    "left",
    "acc",
    "ways",
    "pos",
    "step",
    "lo",
    "hi",
    "mid",
    "tot",
)


def program_text(rng: random.Random) -> str:
    """A little program for the tasks of `STATEMENT`, right or wrong."""
    steps = "".join(
        step.format(
            a=rng.choice(WORDS), b=rng.choice(WORDS), n=rng.randrange(99), m=rng.randrange(1, 999)
        )
        for step in rng.sample(STEPS, rng.randrange(1, 5))
    )
    body = rng.choice(BODIES).format(n=rng.choice(("n", "n - 1", "len(w)")), c=rng.randrange(3))
    name = rng.choice(("rows", "cases", "t", "queries"))
    checks = "".join(
        f"    # case {i}: {rng.choice(SUBJECTS)} may be fewer than {rng.randrange(2, 90)}\n"
        for i in range(rng.randrange(3))
    )
    return (
        "import sys\nfrom bisect import bisect_right\nfrom collections import Counter\n\n\n"
        f"def solve(n, k, w):\n{checks}{steps}    {body}\n    return total\n\n\n"
        f"data = list(map(int, sys.stdin.read().split()))\n{name} = data[0]\nat = 1\n"
        f"for _ in range({name}):\n    n, k = data[at], data[at + 1]\n"
        "    print(solve(n, k, data[at + 2 : at + 2 + n]))\n    at += 2 + n\n"
    )


def verdict(rng: random.Random, *, passed: bool, details: bool) -> Verdict:
    """A verdict, with its failing case where details are wanted."""
    if passed:
        return Verdict(
            outcome=Outcome.PASSED, cases_run=21, cases_passed=21, rule="exact", flips=False
        )
    outcome = rng.choice(FAULTS)
    ran = rng.randrange(1, 20)
    if not details:
        return Verdict(outcome=outcome, cases_run=0, cases_passed=0)
    numbers = " ".join(str(rng.randrange(100)) for _ in range(8))
    given, expected, actual = f"1\n8 {rng.randrange(9)}\n{numbers}\n", f"{ran}\n", f"{ran + 1}\n"
    failures = {
        Outcome.WRONG_ANSWER: CaseFailure(
            index=ran - 1, input=given, expected=expected, actual=actual
        ),
        Outcome.RUNTIME_ERROR: CaseFailure(
            index=ran - 1,
            input=given,
            expected=expected,
            error="IndexError: list index out of range",
            line_number=9,
            line="        total += right - left",
        ),
        Outcome.TIME_LIMIT: CaseFailure(
            index=ran - 1, input=given, expected=expected, error="4 s are over"
        ),
        Outcome.SYNTAX_ERROR: CaseFailure(
            error="'(' was never closed", line_number=7, line="w = ("
        ),
        Outcome.NO_PROGRAM: CaseFailure(error="the reply holds no code"),
    }
    return Verdict(
        outcome=outcome,
        cases_run=ran,
        cases_passed=ran - 1,
        failure=failures[outcome],
        flips=rng.random() < 0.02,
    )


def _cost(rng: random.Random, *, priced: bool) -> Cost:
    tokens = rng.randrange(120, 420)
    return Cost(
        tokens=tokens,
        prompt_tokens=900,
        samples=1,
        dollars=tokens * 6e-5 if priced else 0.0,
        unpriced=int(not priced),
    )


def _program(
    rng: random.Random, node: str, rate: float, *, priced: bool, details: bool
) -> ProgramNode:
    judged = verdict(rng, passed=rng.random() < rate, details=details)
    return ProgramNode(
        node=node,
        program="" if judged.outcome is Outcome.NO_PROGRAM else program_text(rng),
        verdict=judged,
        cost=_cost(rng, priced=priced),
        finish_reason="length" if judged.outcome is Outcome.NO_PROGRAM else "stop",
    )


def _repair(
    rng: random.Random,
    parent: ProgramNode,
    source: str,
    number: int,
    rate: float,
    *,
    priced: bool,
    details: bool,
) -> ProgramNode:
    node = _program(rng, f"{parent.node}/{source}/r{number}", rate, priced=priced, details=details)
    text = (
        f"The window counts {rng.choice(SUBJECTS)} twice when two weights are equal, so that "
        f"the sum is too large by {rng.randrange(1, 9)}. Move the left end before the pairs of "
        "the right end are added, and read all rows, not only the first."
    )
    separate = source not in {"self", "none"}
    return ProgramNode(
        node=node.node,
        program=node.program if rng.random() < 0.9 else parent.program,
        verdict=node.verdict,
        cost=node.cost,
        finish_reason=node.finish_reason,
        explanation_tokens=60 if source == "self" else 0,
        parent=parent.node,
        feedback=Feedback(
            text="" if source == "none" else text,
            cost=_cost(rng, priced=priced) if separate else Cost(),
        ),
    )


def record(
    number: int,
    *,
    programs: int = 5,
    repairs: int = 1,
    sources: Sequence[str] = ("self", "gpt-4"),
    priced: bool = True,
    details: bool = True,
) -> Record:
    """The record of one task, always the same for the same arguments."""
    rng = random.Random(number)  # noqa: S311 - nothing is secret here
    difficulty = list(Difficulty)[(number * 7) % 3]
    rate = (
        {Difficulty.INTRODUCTORY: 0.5, Difficulty.INTERVIEW: 0.2, Difficulty.COMPETITION: 0.05}[
            difficulty
        ]
        * rng.random()
        * 1.6
    )
    initial = [
        _program(rng, f"p{i}", rate, priced=priced, details=details) for i in range(programs)
    ]
    trees = tuple(
        RepairTree(
            source=source,
            repairs=tuple(
                _repair(rng, node, source, i, rate * 0.9 + 0.03, priced=priced, details=details)
                for i in range(repairs)
                for node in initial
                if not node.verdict.passed
            ),
            complete=True,
        )
        for source in sources
    )
    baseline = tuple(
        _program(rng, f"p{programs + i}", rate, priced=priced, details=details)
        for i in range(programs * min(repairs, 1))
    )
    nodes = (*initial, *(each for tree in trees for each in tree.repairs), *baseline)
    return Record(
        task_id=f"apps_tasks/{difficulty}/{number:04d}",
        difficulty=difficulty,
        kind=list(TaskKind)[number % 2],
        setup=Setup(
            model="gpt-3.5-turbo",
            sources=tuple(sources),
            prompts="default@3f2a91c0",
            checker="tolerant",
            isolation="bubblewrap with seccomp",
            plan=Plan(n_p=programs, n_fr=repairs, budget=None, params=SamplingParams()),
        ),
        grown=Grown(programs=tuple(initial), trees=trees, baseline=baseline, complete=True),
        cost=sum((node.total_cost for node in nodes), Cost()),
        seconds=rng.random() * 20,
    )


def unscored(number: int) -> Record:
    """A task that no answer came for."""
    return Record(
        task_id=f"apps_tasks/interview/{number:04d}",
        difficulty=Difficulty.INTERVIEW,
        unscored="the endpoint did not answer: 5 tries, the last: 503 Service Unavailable",
    )


def statements(records: Sequence[Record]) -> dict[str, str]:
    """What the tasks of some records ask."""
    return {
        each.task_id: STATEMENT.format(
            subject=SUBJECTS[number % len(SUBJECTS)].capitalize(), limit=10 + number
        )
        for number, each in enumerate(records)
    }


def share(value: float, width: float = 0.05) -> Estimate:
    """A share with an interval about it."""
    return Estimate(
        value=value, low=max(0.0, value - width), high=min(1.0, value + width), method=METHOD
    )


def difference(value: float, width: float = 0.035) -> Estimate:
    """A difference with an interval about it."""
    return Estimate(value=value, low=value - width, high=value + width, method=METHOD)


def at_equal_tokens(
    source: str, difficulty: str, tasks: int, *, gain: float, priced: bool
) -> AtEqualTokens:
    """One source against i.i.d. sampling."""
    about = difference(gain)
    assert about.low is not None
    assert about.high is not None
    answer = (
        Answer.PAYS
        if about.low > 0
        else Answer.DOES_NOT_PAY
        if about.high < 0
        else Answer.CANNOT_TELL
    )
    return AtEqualTokens(
        source=source,
        difficulty=difficulty,
        tasks=tasks,
        pass_rate=share(0.42 + gain),
        iid=share(0.42),
        gain=about,
        tokens=2840.4,
        dollars=0.17 if priced else None,
        iid_samples=9.4,
        tokens_per_solved=6129.0,
        dollars_per_solved=0.3678 if priced else None,
        answer=answer,
        tasks_needed=1140 if answer is Answer.CANNOT_TELL else None,
    )


def _points(gain: float, n_fr: int, *, priced: bool) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(
            tokens=300.0 * n_p * (1 + n_fr * 0.8),
            pass_rate=share(min(0.99, 1 - 0.78 * (n_p * (1 + n_fr * 0.8)) ** (-0.26 - gain)), 0.04),
            n_p=n_p,
            n_fr=n_fr,
            all_tokens=1200.0 * n_p * (1 + n_fr * 0.8),
            dollars=0.02 * n_p * (1 + n_fr) if priced else None,
        )
        for n_p in range(1, 11)
    )


def _curves(sources: Sequence[str], label: str, *, priced: bool) -> tuple[Curve, ...]:
    made = []
    for difficulty in (ALL, *Difficulty):
        for replacement in (False, True):
            for number, source in enumerate((None, *sources)):
                name = f"{label} (no repair)" if source is None else f"{label}; M_F = {source}"
                if source == "self":
                    name = f"M_P = M_F{label.removeprefix('M_P')}"
                made.append(
                    Curve(
                        source=source,
                        label=name,
                        policy=Policy.BATCH,
                        replacement=replacement,
                        difficulty=difficulty,
                        points=_points(
                            0.03 * number - 0.03 * (source == "self"),
                            int(source is not None),
                            priced=priced,
                        ),
                    )
                )
    return tuple(made)


def _shape(source: str, n_p: int, n_fr: int, shift: float) -> Shape:
    samples = n_p * (1 + 0.7 * n_fr)
    return Shape(
        source=source,
        policy=Policy.BATCH,
        replacement=True,
        n_p=n_p,
        n_fr=n_fr,
        depth=1,
        difficulty=ALL,
        tasks=300,
        pass_rate=min(0.99, 1 - 0.78 * samples ** (-0.24 - shift)),
        tokens=300.0 * samples,
        all_tokens=1200.0 * samples,
        samples=samples,
        dollars=None,
    )


def _heat_map(source: str, shift: float) -> HeatMap:
    n_p, n_fr = (1, 2, 5, 10, 25), (10, 5, 3, 1)
    rows = (
        (0.83, 0.89, None, None, None),
        (0.85, 0.90, 0.96, None, None),
        (0.87, 0.92, 0.96, 1.01, None),
        (0.91, 0.95, 0.98, 1.00, 1.04),
    )
    return HeatMap(
        source=source,
        policy=Policy.BATCH,
        replacement=True,
        n_p=n_p,
        n_fr=n_fr,
        cells=tuple(
            HeatCell(
                n_p=p,
                n_fr=r,
                ratio=None if ratio is None else ratio + shift,
                out_of_bounds=ratio is None,
                pass_rate=0.4,
                tokens=300.0 * p * (1 + r),
            )
            for r, row in zip(n_fr, rows, strict=True)
            for p, ratio in zip(n_p, row, strict=True)
        ),
    )


def _rate(group: str, tried: int, passed: int) -> RepairRate:
    rate = share(passed / tried) if tried else None
    return RepairRate(group=group, failing=tried, tried=tried, passed=passed, rate=rate)


def _source(source: str) -> SourceFindings:
    return SourceFindings(
        source=source,
        repairs=_rate(ALL, 1100, 212),
        by_difficulty=tuple(
            _rate(difficulty, tried, tried // by)
            for difficulty, tried, by in zip(Difficulty, (200, 500, 400), (2, 5, 21), strict=True)
        ),
        by_outcome=tuple(
            _rate(outcome, tried, tried // 6)
            for outcome, tried in zip(dict.fromkeys(FAULTS), (700, 200, 150, 50, 0), strict=True)
        ),
        solved_only_by_repair=31,
        tokens_per_repair=312.6,
        unchanged=0.094,
        broke=0.06,
        edit_lines=6.5,
    )


def findings(
    records: Sequence[Record] = (),
    *,
    sources: Sequence[str] = ("self", "gpt-4"),
    gains: Sequence[float] = (0.012, 0.061),
    priced: bool = True,
    model: str = "gpt-3.5-turbo",
) -> Findings:
    """Findings as they could be of some records; only the tally and the cost are really theirs."""
    scored = [each for each in records if each.grown]
    lost = [each for each in records if not each.grown]
    programs: dict[str, int] = {}
    repairs: dict[str, int] = {}
    baseline: dict[str, int] = {}
    tasks: dict[str, int] = {}
    for each in records:
        tasks[task_outcome(each)] = tasks.get(task_outcome(each), 0) + 1
        if each.grown is None:
            continue
        fixed = [node for tree in each.grown.trees for node in tree.repairs]
        for into, nodes in (
            (programs, each.grown.programs),
            (repairs, fixed),
            (baseline, each.grown.baseline),
        ):
            for node in nodes:
                into[node.verdict.outcome] = into.get(node.verdict.outcome, 0) + 1
    levels = [(str(level), max(1, len(scored) // 3)) for level in Difficulty] + [(ALL, len(scored))]
    pairs = [(a, b) for i, a in enumerate(sources) for b in sources[i + 1 :]]
    label = f"M_P = {model}"
    return Findings(
        about=About(
            title=f"{model} repairing on {', '.join(sources) or 'nothing'}",
            models=(model,),
            sources=tuple(sources),
            prompts=("default@3f2a91c0",),
            n_p=5,
            n_fr=1 if sources else 0,
            budget=None,
            temperature=0.8,
            tasks=len(records),
            scored=len(scored),
            not_run=3 if lost else 0,
            not_run_budget=None,
        ),
        headline=tuple(
            at_equal_tokens(source, ALL, len(scored), gain=gain, priced=priced)
            for source, gain in zip(sources, gains, strict=False)
            if scored
        ),
        difficulties=tuple(
            found.Difficulty(
                difficulty=level,
                tasks=number,
                pass_at_1=share(0.31),
                sources=tuple(
                    at_equal_tokens(source, level, number, gain=gain, priced=priced)
                    for source, gain in zip(sources, gains, strict=False)
                ),
            )
            for level, number in levels
            if scored
        ),
        sources=tuple(_source(source) for source in sources if scored),
        pairs=tuple(
            Pair(
                first=first,
                second=second,
                tasks=240,
                programs=1010,
                first_rate=0.193,
                second_rate=0.247,
                difference=difference(-0.054),
                only_first=9,
                only_second=24,
                mcnemar=0.0136,
            )
            for first, second in pairs
            if scored
        ),
        shapes=tuple(
            _shape(source, n_p, n_fr, 0.03 * number)
            for number, source in enumerate(sources)
            for n_p in (1, 2, 5, 10, 25)
            for n_fr in (1, 3, 5, 10)
            if scored
        ),
        curves=_curves(sources, label, priced=priced) if scored else (),
        heat_maps=tuple(
            _heat_map(source, 0.06 * number) for number, source in enumerate(sources) if scored
        ),
        tally=Tally(
            tasks=tasks,
            programs=programs,
            repairs=repairs,
            baseline=baseline,
            judged=("in bubblewrap with seccomp, checker tolerant",) if scored else (),
            flips=(Flips(checker="apps", flipped=41, compared=6210),) if scored else (),
        ),
        cost=sum((each.cost for each in records), Cost()),
        lost=Lost(requests=2, tokens=2048, dollars=0.12) if lost else Lost(),
        unscored=(
            Unscored(reason=str(lost[0].unscored), tasks=tuple(each.task_id for each in lost)),
        )
        if lost
        else (),
        refused=(
            Refused(
                what="shapes of self without replacement beyond n_p = 3",
                why="apps_tasks/interview/0013: its trees stopped at their budget",
            ),
        )
        if lost
        else (),
    )
