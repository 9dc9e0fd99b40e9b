"""Parse the names of judge pools."""

from dataclasses import dataclass
from enum import StrEnum

ACCEPTED = (
    "local, dask (workers on this machine), dask://HOST:PORT, or dask:FILE.json, a scheduler's file"
)
"""The accepted names of pools, in words."""


class PoolKind(StrEnum):
    """A kind of judge pool.

    Attributes:
        LOCAL: Sandboxes of this process.
        DASK: Workers of a Dask cluster.
    """

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolName:
    """The parsed name of a pool.

    Attributes:
        kind: The kind of pool.
        address: ``HOST:PORT`` of the Dask scheduler to join, or None.
        file: The file with that scheduler's address, or None. With neither, a cluster is started
            on this machine.
    """

    kind: PoolKind
    address: str | None = None
    file: str | None = None


def pool_named(text: str) -> PoolName:
    """Parse the name of a pool.

    Raises:
        ValueError: It is not the name of a pool; the error says what is accepted.
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
