"""Feedback sources: one small class each, found by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from pytest_selfrepair.core.feedback import (
    LONGEST_EVIDENCE,
    LONGEST_SENTENCE,
    REFERENCE,
    FeedbackSource,
)
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Model, SamplingParams
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.feedback.blind import Blind
from pytest_selfrepair.feedback.error_only import ErrorOnly
from pytest_selfrepair.feedback.explained import Explained
from pytest_selfrepair.feedback.joint import Joint
from pytest_selfrepair.feedback.placebo import Placebo
from pytest_selfrepair.feedback.reference import LONGEST_SOLUTION, Reference
from pytest_selfrepair.feedback.several_cases import SeveralCases
from pytest_selfrepair.feedback.trace import Trace


class Argument(StrEnum):
    """The argument after the colon of a source's name."""

    NONE = "none"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The parts that a source is made from.

    Attributes:
        name: Its name in reports.
        model: The model that explains: the named one, or the code model.
        judge: Runs programs.
        prompts: The prompt set.
        params: The sampling parameters of explanations.
        seconds: The CPU seconds allowed for a case.
        reader: Reads the model's replies.
    """

    name: str
    model: Model
    judge: Judge
    prompts: PromptSet
    params: SamplingParams
    seconds: float
    reader: ReplyReader = field(default_factory=ReplyReader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to make a source, and what it needs.

    Attributes:
        make: Makes it.
        argument: The argument of its name.
        asks: Whether it draws completions of its own.
        says_more: The most characters of a repair's prompt beyond the error sentence and drawn
            feedback.
        hears_more: The most characters of its own completions' prompts beyond that sentence.
    """

    make: Callable[[Means], FeedbackSource]
    argument: Argument = Argument.NONE
    asks: bool = False
    says_more: int = 0
    hears_more: int = 0


_LONGEST_ADVICE = 400  # characters


def _explained(means: Means) -> FeedbackSource:
    return Explained(
        name=means.name,
        model=means.model,
        prompts=means.prompts,
        params=means.params,
        reader=means.reader,
    )


NAMED_MODEL = Recipe(make=_explained, argument=Argument.MODEL, asks=True)
"""The source for a model's name."""

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "self": Recipe(make=lambda _: Joint()),
        "self:separate": Recipe(make=_explained, asks=True),
        "none": Recipe(make=lambda _: ErrorOnly()),
        "blind": Recipe(make=lambda means: Blind(prompts=means.prompts)),
        "placebo": Recipe(
            make=lambda means: Placebo(prompts=means.prompts), says_more=_LONGEST_ADVICE
        ),
        "cases": Recipe(
            make=lambda means: SeveralCases(judge=means.judge, prompts=means.prompts),
            says_more=LONGEST_EVIDENCE - LONGEST_SENTENCE,
        ),
        "trace": Recipe(
            make=lambda means: Trace(
                runner=means.judge, prompts=means.prompts, seconds=means.seconds / 2
            ),
            says_more=LONGEST_EVIDENCE - LONGEST_SENTENCE,
        ),
        REFERENCE: Recipe(
            make=lambda means: Reference(
                name=means.name,
                model=means.model,
                prompts=means.prompts,
                params=means.params,
                reader=means.reader,
            ),
            argument=Argument.MODEL,
            asks=True,
            hears_more=LONGEST_SOLUTION,
        ),
    }
)
"""The sources by their names; any other name but `HUMAN` is a model's."""

HUMAN = "human"
"""The source made from a file, whose path may follow after a colon."""

ACCEPTED = (
    *(name for name, recipe in RECIPES.items() if recipe.argument is Argument.NONE),
    f"{REFERENCE}[:MODEL]",
    f"{HUMAN}[:FILE]",
    "a model's name",
)
"""The accepted names, in words."""


def recipe_of(name: str) -> tuple[Recipe, str]:
    """The recipe for a name, and the argument after its colon, if it takes one.

    Raises:
        ValueError: The argument is empty, or the source takes none.
    """
    if name in RECIPES:
        return RECIPES[name], ""
    head, colon, argument = name.partition(":")
    recipe = RECIPES.get(head)
    if recipe is None:
        return NAMED_MODEL, name
    if recipe.argument is Argument.NONE or (colon and not argument):
        raise ValueError(", ".join(ACCEPTED))
    return recipe, argument
