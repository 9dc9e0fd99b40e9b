"""Bound what a run takes, before anything is sampled."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.feedback import LONGEST_SENTENCE
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.sample import Message, Usage
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Plan

Dollars = Callable[[Usage], float]
"""The cost of a completion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The costs of a feedback source.

    Attributes:
        max_tokens: The longest explanation it draws, in tokens; 0 where it draws none.
        dollars: The cost of such an explanation; None where unknown.
        texts: The most texts it has on one program; None: as many as requested.
        says_more: Tokens that a repair prompt adds beyond the error sentence and the explanation.
        hears_more: Tokens that an explanation prompt adds beyond the error sentence.
    """

    max_tokens: int
    dollars: Dollars | None = None
    texts: int | None = None
    says_more: int = 0
    hears_more: int = 0

    def size(self, plan: Plan) -> tuple[int, int]:
        """The most texts and repairs of a task's tree: where every program and repair fails."""
        texts, each = plan.texts, plan.n_r
        if self.texts is not None and plan.n_f is None:
            texts, each = self.texts, plan.n_fr
        elif self.texts is not None:
            texts = min(self.texts, texts)
        failing = level = plan.n_p
        for _ in range(plan.depth - 1):
            level *= texts * each
            failing += level
        return failing * texts, failing * texts * each

    def tokens(self, plan: Plan) -> int:
        """Tokens of a task's tree without its programs."""
        texts, repairs = self.size(plan)
        return repairs * plan.params.max_tokens + texts * self.max_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """An upper bound on what some tasks take, with every completion at its longest.

    Attributes:
        tasks: The number of tasks.
        programs: Initial programs.
        feedbacks: Completions that only explain.
        repairs: Repairs.
        baseline: Further programs.
        tokens: Generated tokens.
        prompt_tokens: Tokens read.
        dollars: US dollars; None where a price is unknown.
    """

    tasks: int = 0
    programs: int = 0
    feedbacks: int = 0
    repairs: int = 0
    baseline: int = 0
    tokens: int = 0
    prompt_tokens: int = 0
    dollars: float | None = 0.0

    @property
    def requests(self) -> int:
        """Completions of all kinds; one request may bring several."""
        return self.programs + self.feedbacks + self.repairs + self.baseline

    def lines(self, *, limits: RunLimits, unpriced: Sequence[str], as_of: str) -> list[str]:
        """The forecast as lines for the user.

        Args:
            limits: The run's bounds.
            unpriced: Models without a known price.
            as_of: The date of the price table.
        """
        cost = (
            cost_unknown(unpriced)
            if self.dollars is None
            else f"${self.dollars:,.2f} (prices of {as_of})"
        )
        drawn = (
            f"{self.programs:,} programs, {self.feedbacks:,} explanations, {self.repairs:,} "
            f"repairs, {self.baseline:,} programs of the baseline"
        )
        return [
            f"{self.tasks:,} tasks, at most {self.requests:,} completions",
            f"  {drawn}",
            f"  {self.tokens:,} tokens generated, {self.prompt_tokens:,} read",
            f"  {cost}",
            *stops_before(limits),
            "(every completion taken to be as long as it may be; shorter ones are cheaper,",
            "though more in the baseline; nothing is taken from the store, nothing was sampled)",
        ]


def forecast(
    tasks: Iterable[Task],
    plan: Plan,
    asking: Sequence[Asking],
    prompts: PromptSet,
    *,
    dollars: Dollars | None,
    count: Callable[[str], int],
) -> Forecast:
    """Compute an upper bound on what a run takes.

    Args:
        tasks: Its tasks.
        plan: How large their trees may grow.
        asking: Its feedback sources.
        prompts: Its wording.
        dollars: The cost of a completion of the code model; None where unknown.
        count: Counts the tokens of a text.
    """
    longest = plan.params.max_tokens
    within = math.inf if plan.budget is None else plan.budget
    programs = min(plan.n_p * longest, within)
    trees = [min(each.tokens(plan), within - programs) for each in asking]
    sizes = [each.size(plan) for each in asking]
    costliest = max(trees, default=0)
    total = Forecast()
    for task in tasks:
        bare = _tokens(prompts.program(task), count)
        more = _tokens(prompts.joint(task, program="", error=""), count)
        more += longest + LONGEST_SENTENCE  # a character of the error is a token at most, or nearly
        explained = [
            (each, texts) for each, (texts, _) in zip(asking, sizes, strict=True) if each.max_tokens
        ]
        baseline = max(plan.baseline, math.ceil(costliest / longest)) if asking else 0
        further = min(baseline * longest, within - programs)
        read = (plan.n_p + baseline) * bare + sum(
            repairs * (more + each.max_tokens + each.says_more)
            for each, (_, repairs) in zip(asking, sizes, strict=True)
        )
        feedback_read = [texts * (more + each.hears_more) for each, texts in explained]
        written = int(programs + sum(trees) + further)
        spoken = [texts * each.max_tokens for each, texts in explained]
        total = Forecast(
            tasks=total.tasks + 1,
            programs=total.programs + plan.n_p,
            feedbacks=total.feedbacks + sum(texts for _, texts in explained),
            repairs=total.repairs + sum(repairs for _, repairs in sizes),
            baseline=total.baseline + baseline,
            tokens=total.tokens + written,
            prompt_tokens=total.prompt_tokens + read + sum(feedback_read),
            dollars=_sum(
                total.dollars,
                price_at_most(dollars, written - sum(spoken), read),
                *(
                    price_at_most(each.dollars, said, heard)
                    for (each, _), said, heard in zip(explained, spoken, feedback_read, strict=True)
                ),
            ),
        )
    return total


def stops_before(limits: RunLimits) -> list[str]:
    """The line on the run's bounds; none where it has none."""
    bounds = [
        *([] if limits.max_tokens is None else [f"{limits.max_tokens:,} tokens generated"]),
        *([] if limits.max_dollars is None else [f"${limits.max_dollars:,.2f}"]),
    ]
    return [f"the run stops before it has cost {' or '.join(bounds)}"] if bounds else []


def cost_unknown(unpriced: Iterable[str]) -> str:
    """The line in place of a cost where some models have no price."""
    return f"cost unknown: no price of {', '.join(unpriced)} is known (--selfrepair-prices)"


def _tokens(messages: Iterable[Message], count: Callable[[str], int]) -> int:
    return sum(count(message.content) for message in messages)


def price_at_most(dollars: Dollars | None, written: int, read: int | None) -> float | None:
    """The cost of a number of tokens; None where unknown."""
    if dollars is None:
        return None
    usage = Usage(completion_tokens=max(written, 0), prompt_tokens=read, counted_by="at most")
    return dollars(usage)


def _sum(*parts: float | None) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
