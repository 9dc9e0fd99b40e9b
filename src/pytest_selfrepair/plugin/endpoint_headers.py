"""Further headers of a model's requests: the user's own, and those of an account at OpenAI."""

import os
from collections.abc import Iterator

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.addresses import OPENAI_URL
from pytest_selfrepair.models.models_file import ModelSettings
from pytest_selfrepair.models.parameters import header_value
from pytest_selfrepair.plugin.endpoint_places import (
    CODE_KEY,
    EndpointPlace,
    asks_endpoints,
    variable,
)
from pytest_selfrepair.plugin.options import Settings

_ACCOUNT = (("OpenAI-Organization", "OPENAI_ORG_ID"), ("OpenAI-Project", "OPENAI_PROJECT_ID"))

Headers = tuple[tuple[str, str], ...]
"""Names and values."""


def given_headers(place: EndpointPlace, table: ModelSettings, settings: Settings) -> Headers:
    """The headers of a model's requests as the user wrote them; each name once, the last counts."""
    given = settings.header if place.is_run_endpoint else ()
    return tuple({name.lower(): (name, value) for name, value in (*given, *table.headers)}.values())


def sent_headers(place: EndpointPlace, table: ModelSettings, settings: Settings) -> Headers:
    """The headers as they are sent; none where nobody is asked.

    Raises:
        UsageError: A variable of one of them is not set.
    """
    if not asks_endpoints(settings):
        return ()
    sent = tuple(
        (name, _sent(name, value, table, settings))
        for name, value in given_headers(place, table, settings)
    )
    given = {name.lower() for name, _ in sent}
    return (*sent, *(each for each in _account(place) if each[0].lower() not in given))


def _sent(name: str, value: str, table: ModelSettings, settings: Settings) -> str:
    """A value with the variables in it filled in."""
    try:
        return header_value(value, os.environ)
    except ValueError as error:
        ours = (name, value) in settings.header
        where = "--selfrepair-header" if ours else f"{table.where} headers"
        raise UsageError(f"{where}: found {name}; accepted: {error}") from None


def _account(place: EndpointPlace) -> Iterator[tuple[str, str]]:
    """Whose account at OpenAI pays for the code model: told to OpenAI alone, with its own key."""
    if (place.base_url or OPENAI_URL) == OPENAI_URL and place.key_name == CODE_KEY:
        for header, name in _ACCOUNT:
            if value := variable(name):
                yield header, value
