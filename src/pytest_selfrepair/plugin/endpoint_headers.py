"""Further headers of a model's requests: the user's, and those of an OpenAI account."""

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
    """The user's headers for a model, as written; for repeated names the last counts."""
    given = settings.header if place.is_run_endpoint else ()
    return tuple({name.lower(): (name, value) for name, value in (*given, *table.headers)}.values())


def sent_headers(place: EndpointPlace, table: ModelSettings, settings: Settings) -> Headers:
    """The headers as sent; empty where no endpoint is used.

    Raises:
        UsageError: A variable in one of them is not set.
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
    """A header's value with its variables filled in."""
    try:
        return header_value(value, os.environ)
    except ValueError as error:
        ours = (name, value) in settings.header
        where = "--selfrepair-header" if ours else f"{table.where} headers"
        raise UsageError(f"{where}: found {name}; accepted: {error}") from None


def _account(place: EndpointPlace) -> Iterator[tuple[str, str]]:
    """Yield the headers of the OpenAI account that pays, for OpenAI's endpoint and key only."""
    if (place.base_url or OPENAI_URL) == OPENAI_URL and place.key_name == CODE_KEY:
        for header, name in _ACCOUNT:
            if value := variable(name):
                yield header, value
