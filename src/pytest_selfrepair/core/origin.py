"""The origins of completions: endpoints and the models they report."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The origin of a completion.

    Attributes:
        address: The endpoint's address, without credentials and query: ``https://host:443/v1``.
        model: The model reported by the endpoint; empty without one.
        fingerprint: Its `system_fingerprint`; empty without one.
    """

    address: str
    model: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Answered:
    """An origin of some completions of a task.

    Attributes:
        name: The model's name in the run.
        address: The endpoint's address.
        model: The model reported by the endpoint; empty without one.
        fingerprint: Its `system_fingerprint`; empty without one.
        asked_at: The address that this run uses, or would have used, for that model.
    """

    name: str
    address: str
    model: str = ""
    fingerprint: str = ""
    asked_at: str = ""


def address_of(url: str) -> str:
    """The scheme, host, port and path of an endpoint, for records; empty without a host."""
    parts = urlsplit(url)
    if not parts.netloc:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}".rstrip("/")
