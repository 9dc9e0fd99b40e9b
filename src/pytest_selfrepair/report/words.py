"""Answers in words, the same in every text report."""

from collections.abc import Iterable, Sequence

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.ledger import Lost
from pytest_selfrepair.estimate.findings import (
    Answer,
    AtEqualTokens,
    Latency,
    SourceFindings,
    Unscored,
)
from pytest_selfrepair.estimate.run.depths import fresh_is_better
from pytest_selfrepair.report.numbers import (
    between,
    dollars,
    number,
    number_of_programs,
    percent,
    plural,
    points,
)

MOST_NAMED = 3
"""Tasks that are named for each reason why tasks were not scored."""


def answer(found: AtEqualTokens) -> str:
    """Whether repair pays, and where that cannot be told how many tasks would tell."""
    if found.answer is not Answer.CANNOT_TELL:
        return str(found.answer)
    needed = ""
    if found.tasks_needed is not None:
        needed = f"; about {number(found.tasks_needed)} would be needed"
    return f"cannot tell with {plural(found.tasks, 'task')} whether repair pays{needed}"


def short_answer(found: AtEqualTokens) -> str:
    """The same in fewer words."""
    if found.answer is not Answer.CANNOT_TELL:
        return str(found.answer)
    needed = ""
    if found.tasks_needed is not None:
        needed = f" (about {number(found.tasks_needed)} needed)"
    return f"cannot tell with {plural(found.tasks, 'task')}{needed}"


def against(found: AtEqualTokens) -> str:
    """What repair gains on i.i.d. sampling, how sure that is, and at what cost."""
    ends = between(found.gain, points)
    sure = "too few tasks for an interval"
    if ends is not None:
        sure = f"{found.gain.level:.0%} interval over tasks: {ends}"
    return (
        f"{points(found.gain.value)} points ({sure}): {percent(found.pass_rate.value)} of "
        f"{plural(found.tasks, 'task')} solved, against {percent(found.iid.value)} by "
        f"{number_of_programs(found.iid_samples)} without repair, at the same "
        f"{number(found.tokens)} tokens generated a task"
    )


def trees_compared(found: AtEqualTokens) -> str | None:
    """Which trees were compared, where it is not those that were grown; else None."""
    if found.beyond:
        return (
            "these trees cost more than the programs that were sampled without repair, which "
            "therefore stand too low here"
        )
    if found.n_p is None:
        return None
    return (
        f"trees of {plural(found.n_p, 'program')} with one repair each; larger ones cost more "
        "than the programs that were sampled without repair"
    )


LEAKS = "its words leak the reference solution: an upper bound, no rival of the other sources"
"""What is said of such a source."""


def unanswered(found: SourceFindings) -> str | None:
    """How many failing programs a source had nothing to say of; None where it spoke of all."""
    if not found.unanswered:
        return None
    programs = plural(found.unanswered, "failing program")
    return f"{programs} without feedback, left out of its repairs and of every paired comparison"


def depths(found: Sequence[AtEqualTokens]) -> list[str]:
    """One source at every depth, and where fresh sampling would have used the tokens better."""
    if not found:
        return []
    said = [
        f"depth {each.depth}: {percent(each.pass_rate.value)} at {number(each.tokens)} tokens "
        f"(i.i.d. {percent(each.iid.value)}, gain {points(each.gain.value)})"
        for each in found
    ]
    worse = fresh_is_better(found)
    levels = " and ".join(map(str, worse))
    verdict = (
        f"fresh sampling would have been the better use of the tokens of level {levels}"
        if worse
        else "no level's tokens would have been better used for fresh sampling"
    )
    return ["; ".join(said), f"{verdict} (by the estimates alone)"]


def by_source(found: Iterable[AtEqualTokens]) -> dict[str, list[AtEqualTokens]]:
    """Depths by their source, in order."""
    groups: dict[str, list[AtEqualTokens]] = {}
    for each in found:
        groups.setdefault(each.source, []).append(each)
    return groups


def price(found: AtEqualTokens) -> str:
    """What repair's trees cost for each task that they solve."""
    if found.tokens_per_solved is None:
        return "no task is solved"
    money = ""
    if found.dollars_per_solved:  # nothing where models are free
        money = f", {dollars(found.dollars_per_solved)} US dollars"
    return f"a solved task costs {number(found.tokens_per_solved)} tokens{money}"


def cost(cost: Cost) -> list[str]:
    """What all completions cost, in sentences."""
    paid = cost.tokens - cost.replayed_tokens
    reasoning = ""
    if cost.reasoning_tokens:
        reasoning = f", {number(cost.reasoning_tokens)} for reasoning"
    cached = f", {number(cost.cached_tokens)} of them cached" if cost.cached_tokens else ""
    samples = plural(cost.samples, "sample")
    paid_for = f"{number(paid)} of them paid for{reasoning}"
    return [
        f"tokens: {number(cost.tokens)} generated in {samples}, {paid_for}",
        f"prompts: {number(cost.prompt_tokens)} tokens read{cached}",
        *_in_dollars(cost),
    ]


def _in_dollars(cost: Cost) -> list[str]:
    """What was paid, and for what no price is known."""
    unknown = f"{plural(cost.unpriced, 'sample')} of no known price (--selfrepair-prices)"
    if cost.unpriced >= cost.samples:
        return [f"US dollars: unknown; {unknown}"] if cost.samples else []
    if not cost.dollars:
        return [f"US dollars: {unknown}"] if cost.unpriced else []
    paid = max(cost.dollars - cost.replayed_dollars, 0.0)
    more = f"; {unknown}" if cost.unpriced else ""
    spent = f"{dollars(cost.dollars)}, {dollars(paid)} of them paid now"
    return [f"US dollars: {spent}{more}"]


def latency(found: Latency) -> str:
    """How long completions of one kind took, in a sentence."""
    early = ""
    if found.first_byte_median is not None and found.first_byte_p90 is not None:
        early = (
            f"; to the first byte {found.first_byte_median:.2f} and {found.first_byte_p90:.2f} s "
            f"({number(found.first_byte_samples)} streamed)"
        )
    return (
        f"latency of {plural(found.samples, 'completion')} ({found.of}): median "
        f"{found.median:.2f} s, 90th percentile {found.p90:.2f} s{early}"
    )


def short_cost(cost: Cost) -> str:
    """What all completions cost, in a few words."""
    text = f"{number(cost.tokens)} tokens"
    if cost.dollars:
        least = "at least " if cost.unpriced else ""
        text += f", {least}{dollars(cost.dollars)} US dollars"
    return text


def lost(lost: Lost) -> list[str]:
    """What was in flight when earlier runs were killed."""
    if not lost.requests:
        return []
    money = f" and {dollars(lost.dollars)} US dollars" if lost.dollars else ""
    requests = plural(lost.requests, "request")
    most = f"they cost at most {number(lost.tokens)} tokens{money}"
    return [f"lost: up to {requests}, in flight when an earlier run was killed; {most}"]


def named(unscored: Unscored) -> str:
    """How many tasks there are, and the names of the first."""
    first = ", ".join(unscored.tasks[:MOST_NAMED])
    more = ", …" if len(unscored.tasks) > MOST_NAMED else ""
    return f"{number(len(unscored.tasks))} ({first}{more})"
