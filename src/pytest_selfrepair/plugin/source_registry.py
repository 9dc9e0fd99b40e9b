"""Resolve the feedback sources that a run names."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.sample import Model
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.feedback import HUMAN, Argument, Means, Recipe, recipe_of
from pytest_selfrepair.feedback.guarded import guarded
from pytest_selfrepair.feedback.human import DEFAULT_FILE, Human
from pytest_selfrepair.plugin.asking import from_hook
from pytest_selfrepair.plugin.model_names import AskedModel, nearest_known
from pytest_selfrepair.plugin.model_registry import ResolvedModel
from pytest_selfrepair.plugin.options import base_of

OPTION = "--selfrepair-feedback"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSource:
    """A feedback source that is made once the run's models are.

    Attributes:
        name: Its name in reports.
        recipe: How to make it.
        asked: The model it uses, if any.
    """

    name: str
    recipe: Recipe
    asked: AskedModel

    def make(
        self,
        model: Model,
        resolved: ResolvedModel,
        *,
        judge: Judge,
        prompts: PromptSet,
        seconds: float,
    ) -> FeedbackSource:
        """Make the source.

        Args:
            model: The model it uses, if any.
            resolved: That model's settings.
            judge: Judges programs.
            prompts: The run's prompts.
            seconds: CPU seconds allowed for a case.
        """
        return self.recipe.make(
            Means(
                name=self.name,
                model=model,
                judge=judge,
                prompts=prompts,
                params=resolved.explaining,
                seconds=seconds,
                reader=resolved.reader,
            )
        )


ResolvedSource = FeedbackSource | NamedSource
"""A feedback source, or how to make it."""


def resolve_sources(
    names: tuple[str, ...],
    config: pytest.Config,
    *,
    coder: AskedModel,
    is_apart: Callable[[str], bool],
) -> list[ResolvedSource]:
    """Resolve feedback sources by name, in order.

    Args:
        names: The names.
        config: The pytest config, whose conftest.py files may provide sources.
        coder: The code model, the default of sources that name no model.
        is_apart: Whether a model uses the endpoint of feedback models.

    Raises:
        UsageError: A name is unknown, or two sources have the same name.
    """
    sources = [_source(name, config, coder=coder, is_apart=is_apart) for name in names]
    found = [source.name for source in sources]
    if twice := [name for name in found if found.count(name) > 1]:
        raise UsageError(
            f"{OPTION}: found two sources called {twice[0]!r}; accepted: sources "
            "with different names (people's texts are named after their file)"
        )
    return sources


def _source(
    name: str, config: pytest.Config, *, coder: AskedModel, is_apart: Callable[[str], bool]
) -> ResolvedSource:
    custom: FeedbackSource | None = from_hook(
        config, "pytest_selfrepair_feedback_source", name=name
    )
    if custom is not None:
        return guarded(custom)
    head, colon, path = name.partition(":")
    try:
        if head == HUMAN and not (colon and not path):
            return _human(path, config)
        recipe, argument = recipe_of(name)
    except ValueError as error:
        near = nearest_known(name)
        perhaps = "" if near is None else f" (did you mean {near!r}?)"
        raise UsageError(
            f"{OPTION}: found {name!r}{perhaps}; accepted: {error}, or one that a conftest.py "
            "provides"
        ) from None
    asked = coder
    if recipe.asks and recipe.argument is Argument.MODEL and argument:
        asked = AskedModel(name=argument, for_feedback=is_apart(argument))
    return NamedSource(name=name, recipe=recipe, asked=asked)


def _human(path: str, config: pytest.Config) -> Human:
    """People's texts; the source is named after the user's file."""
    file = base_of(config) / (path or DEFAULT_FILE)
    return Human.read(f"{HUMAN}:{file.name}" if path else HUMAN, file)
