"""Recognise the names of models and feedback sources, and suggest corrections."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from pytest_selfrepair.bargain.advice import Control
from pytest_selfrepair.bargain.rule_players import RULES
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.feedback import HUMAN, RECIPES
from pytest_selfrepair.models.local import parse_local_name
from pytest_selfrepair.models.scripted import PREFIX
from pytest_selfrepair.models.weights import SIZES

_OURS = (
    *RECIPES,
    HUMAN,
    *Control,
    *RULES,
    PREFIX.rstrip(":"),
    *(name for size in SIZES for name in size.names),
)
"""Names that are not models at endpoints."""

_LIKE_A_MODEL = re.compile(r"[-0-9/.]")
"""Characters found in names of models and not in names of sources."""
_ALIKE = 0.75
"""Similarity to a known name, 0 to 1, from which a plain name counts as a typo."""
_NEARLY_THE_SAME = 0.85
"""The same for a name that looks like a model's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedModel:
    """A model that a run uses.

    Attributes:
        name: The user's name for it.
        for_feedback: Whether it uses the endpoint of feedback models.
    """

    name: str
    for_feedback: bool = False


def runs_here(name: str) -> bool:
    """Whether a model needs no endpoint: an embedded or a scripted one.

    Raises:
        UsageError: It names an embedded model of an unknown size.
    """
    return name.startswith(PREFIX) or parse_local_name(name) is not None


def nearest_known(name: str, others: Iterable[str] = ()) -> str | None:
    """The known name that an unknown one was probably meant to be.

    Args:
        name: A name that would be taken for a model at an endpoint.
        others: Known names besides those of sources and of models on this machine.

    Returns:
        The most similar name; None where none is similar, or it looks like a model's.
    """
    known = dict.fromkeys((*_OURS, *others))
    head, colon, argument = name.partition(":")
    found = _nearest(name, known)
    if found is None and colon and (near := _nearest(head, known)) is not None:
        found = f"{near}:{argument}"
    return None if found == name else found


def check_name(name: str, others: Iterable[str], *, option: str) -> None:
    """Reject a name that looks like a typo rather than a model's name.

    Args:
        name: A name that would be taken for a model at an endpoint.
        others: Known names besides those of sources and of models on this machine.
        option: The option that names it, without its prefix.

    Raises:
        UsageError: It is nearly a known name.
    """
    if (found := nearest_known(name, others)) is not None:
        raise UsageError(
            f"--selfrepair-{option}: found {name!r}, which is not the name of a source or of a "
            f"model on this machine; did you mean {found!r}? Accepted: also any model of the "
            "endpoint; a model with exactly this name needs a table in --selfrepair-models"
        )


def _nearest(name: str, known: Iterable[str]) -> str | None:
    lower = name.lower()
    least = _NEARLY_THE_SAME if _LIKE_A_MODEL.search(lower) else _ALIKE
    alike = [(SequenceMatcher(a=lower, b=each.lower()).ratio(), each) for each in known]
    ratio, nearest = max(alike, key=lambda pair: pair[0])
    return nearest if ratio >= least else None
