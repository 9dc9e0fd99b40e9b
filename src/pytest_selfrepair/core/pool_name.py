"""The names of judge pools, as users write them."""

from dataclasses import dataclass
from enum import StrEnum

ACCEPTED = (
    "local, dask (workers on this machine), dask://HOST:PORT, or dask:FILE.json, a scheduler's file"
)
"""What names a pool, in words."""


class PoolKind(StrEnum):
    """Where programs are judged.

    Attributes:
        LOCAL: In sandboxes of this process.
        DASK: By workers of a Dask cluster.
    """

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolName:
    """A pool, by its name.

    Attributes:
        kind: Where programs are judged.
        address: ``HOST:PORT`` of the Dask scheduler that is joined, or None.
        file: The file in which that scheduler has written its address, or None. With neither, a
            cluster is started on this machine.
    """

    kind: PoolKind
    address: str | None = None
    file: str | None = None


def pool_named(text: str) -> PoolName:
    """The pool that a text names.

    Raises:
        ValueError: It names none; the error says what is accepted.
    """
    kind, _, rest = text.strip().partition(":")
    match kind, rest.startswith("//"):
        case "local" | "dask", False if ":" not in text:
            return PoolName(kind=PoolKind(kind))
        case "dask", True:
            host, colon, port = rest.removeprefix("//").rpartition(":")
            if host and colon and port.isdecimal():
                return PoolName(kind=PoolKind.DASK, address=f"{host}:{port}")
        case "dask", False if rest.strip():
            return PoolName(kind=PoolKind.DASK, file=rest.strip())
    raise ValueError(ACCEPTED)
