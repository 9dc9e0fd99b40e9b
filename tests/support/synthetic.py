"""Records of runs that never were, with random verdicts and little programs."""

import random
from collections.abc import Sequence

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.core.task import Difficulty, TaskKind
from pytest_selfrepair.core.tree import Grown, Plan, ProgramNode, RepairTree
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict

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
