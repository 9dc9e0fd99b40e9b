"""Bounds on the cost of a model's completions and a source's texts."""

from collections.abc import Callable, Iterable, Mapping

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.sample import Usage
from pytest_selfrepair.core.tree import Plan
from pytest_selfrepair.feedback.human import Human
from pytest_selfrepair.plugin.forecast import Asking, price_at_most
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.model_registry import ResolvedModel
from pytest_selfrepair.plugin.source_registry import NamedSource, ResolvedSource


def dollars_of(model: ResolvedModel) -> Callable[[Usage], float] | None:
    """The most that a completion of a model costs; None where the price is unknown."""
    return None if model.price is None else model.price.at_most


def asking_of(source: ResolvedSource, models: Mapping[AskedModel, ResolvedModel]) -> Asking:
    """The costs of a feedback source."""
    if isinstance(source, Human):
        return Asking(max_tokens=0, texts=source.most_texts, says_more=source.longest)
    if not isinstance(source, NamedSource):
        return Asking(max_tokens=source.max_tokens)
    recipe, model = source.recipe, models[source.asked]
    return Asking(
        max_tokens=model.explaining.max_tokens if recipe.asks else 0,
        dollars=dollars_of(model) if recipe.asks else None,
        says_more=recipe.says_more,
        hears_more=recipe.hears_more,
    )


def costliest_task(
    plan: Plan,
    sources: Iterable[ResolvedSource],
    models: Mapping[AskedModel, ResolvedModel],
    coder: ResolvedModel,
) -> Cost:
    """The most that one task costs, its baseline included."""
    trees = [asking_of(source, models).tokens(plan) for source in sources]
    tokens = plan.n_p * plan.params.max_tokens + sum(trees) + max(trees, default=0)
    return Cost(tokens=tokens, dollars=price_at_most(dollars_of(coder), tokens, None) or 0.0)
