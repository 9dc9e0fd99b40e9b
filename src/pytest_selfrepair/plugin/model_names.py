"""What the names of a run's models and feedback sources mean, or were perhaps meant to be."""

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
"""The names that are no endpoint's."""

_LIKE_A_MODEL = re.compile(r"[-0-9/.]")
"""What the names of models have and the names of sources do not."""
_ALIKE = 0.75
"""How much of a plain name must be that of another, from 0 to 1, to be taken for a slip."""
_NEARLY_THE_SAME = 0.85
"""The same of a name that could well be a model's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedModel:
    """A model that a run asks.

    Attributes:
        name: As the user calls it.
        for_feedback: Whether it is asked at the endpoint of models that only explain.
    """

    name: str
    for_feedback: bool = False


def runs_here(name: str) -> bool:
    """Whether a model is asked at no endpoint: an embedded or a scripted one.

    Raises:
        UsageError: It is the name of an embedded model of a size that is not known.
    """
    return name.startswith(PREFIX) or parse_local_name(name) is not None


def meant(name: str, others: Iterable[str] = ()) -> str | None:
    """The name that was perhaps meant by one that is not known.

    Args:
        name: A name that would be taken for that of an endpoint's model.
        others: Names that are known beside those of sources and of models of this machine.

    Returns:
        The name that is most like it; None where none is, or it looks like a model's.
    """
    known = dict.fromkeys((*_OURS, *others))
    head, colon, argument = name.partition(":")
    found = _nearest(name, known)
    if found is None and colon and (near := _nearest(head, known)) is not None:
        found = f"{near}:{argument}"
    return None if found == name else found


def check_name(name: str, others: Iterable[str], *, option: str) -> None:
    """Refuse what looks like a slip of the pen rather than the name of a model.

    Args:
        name: A name that would be taken for that of an endpoint's model.
        others: Names that are known beside those of sources and of models of this machine.
        option: The option that names it, without its prefix.

    Raises:
        UsageError: It is nearly one of those.
    """
    if (found := meant(name, others)) is not None:
        raise UsageError(
            f"--selfrepair-{option}: found {name!r}, which no source or model of this machine "
            f"is called; did you mean {found!r}? Accepted: also any model of the endpoint; one "
            "that is really called so needs a table in --selfrepair-models"
        )


def _nearest(name: str, known: Iterable[str]) -> str | None:
    lower = name.lower()
    least = _NEARLY_THE_SAME if _LIKE_A_MODEL.search(lower) else _ALIKE
    alike = [(SequenceMatcher(a=lower, b=each.lower()).ratio(), each) for each in known]
    ratio, nearest = max(alike, key=lambda pair: pair[0])
    return nearest if ratio >= least else None
