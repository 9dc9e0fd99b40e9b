"""Find the address of a Dask scheduler and check that the connection is safe."""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_selfrepair.core.pool_name import PoolName
from pytest_selfrepair.errors import UsageError

if TYPE_CHECKING:
    from distributed.security import Security

_HOW = (
    "TLS, by distributed.comm.tls.ca-file and distributed.comm.tls.client.cert and .key in Dask's "
    "configuration, for the scheduler and its workers too (or an address of this machine)"
)


def scheduler_address(name: PoolName, security: "Security", option: str) -> str:
    """The scheduler's address for a pool, with its protocol.

    A scheduler runs whatever it is sent, so beyond this machine TLS is required.

    Args:
        name: The pool, with an address or a scheduler's file.
        security: Dask's configuration.
        option: The name of the pool's option, for errors.

    Raises:
        UsageError: The file has no address, or the connection would not be encrypted.
    """
    keys = security.get_tls_config_for_role("client")
    encrypts = bool(keys.get("ca_file") and keys.get("cert"))
    if name.file is not None:
        found = _read(Path(name.file), option)
    else:
        host = str(name.address).rpartition(":")[0].strip("[]")
        encrypted = security.require_encryption or (encrypts and not is_loopback(host))
        found = f"{'tls' if encrypted else 'tcp'}://{name.address}"
    protocol, _, rest = found.partition("://")
    host = rest.rpartition(":")[0].strip("[]")
    if protocol == "tls" and encrypts:
        return found
    if protocol == "tcp" and is_loopback(host):
        return found
    raise UsageError(f"{option}: found {found}, which is not encrypted; accepted: {_HOW}")


def is_loopback(host: str) -> bool:
    """Whether a host is a loopback address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read(file: Path, option: str) -> str:
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no JSON"
        raise UsageError(
            f"{option}: {file}: {reason}; accepted: the file of dask scheduler --scheduler-file"
        ) from None
    address = facts.get("address") if isinstance(facts, Mapping) else None
    if not isinstance(address, str) or "://" not in address:
        accepted = "the address of a scheduler"
        raise UsageError(f"{option}: {file}: address: found {address!r}; accepted: {accepted}")
    return address
