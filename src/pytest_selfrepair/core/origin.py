"""Where completions came from: the endpoint that was asked, and what it said that it was."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a completion was drawn.

    Attributes:
        address: The endpoint's address, without credentials and query: ``https://host:443/v1``.
        model: The model that the endpoint said it was; empty where it did not say.
        fingerprint: Its `system_fingerprint`; empty where it has none.
    """

    address: str
    model: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Answered:
    """Where some completions of a task came from.

    Attributes:
        name: The model, as the run calls it.
        address: Where they were drawn.
        model: The model that the endpoint said it was; empty where it did not say.
        fingerprint: Its `system_fingerprint`; empty where it has none.
        asked_at: The address at which this run asks, or would have asked, that model.
    """

    name: str
    address: str
    model: str = ""
    fingerprint: str = ""
    asked_at: str = ""


def address_of(url: str) -> str:
    """An endpoint's address as records show it: scheme, host, port and path; empty for none."""
    parts = urlsplit(url)
    if not parts.netloc:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}".rstrip("/")
