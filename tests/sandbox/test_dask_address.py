"""Where a scheduler is, and whether it may be spoken to as it is."""

import json
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from distributed.security import Security

from pytest_selfrepair.core.pool_name import pool_named
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.dask_address import scheduler_address

PLAIN = Security()
KEYS = {"tls_ca_file": "ca.pem", "tls_client_cert": "cert.pem", "tls_client_key": "key.pem"}
ENCRYPTED = Security(require_encryption=False, **KEYS)


@pytest.mark.parametrize(
    ("pool", "security", "address"),
    [
        ("dask://127.0.0.1:8786", PLAIN, "tcp://127.0.0.1:8786"),
        ("dask://localhost:8786", ENCRYPTED, "tcp://localhost:8786"),
        ("dask://[::1]:8786", PLAIN, "tcp://[::1]:8786"),
        ("dask://node7:8786", ENCRYPTED, "tls://node7:8786"),
    ],
)
def test_this_machine_is_spoken_to_in_plain_and_others_by_tls(
    pool: str, security: Security, address: str
) -> None:
    assert scheduler_address(pool_named(pool), security, "--pool") == address


@pytest.mark.parametrize("pool", ["dask://node7:8786", "dask://10.0.0.7:8786"])
def test_a_connection_to_another_machine_that_is_not_encrypted_is_refused(pool: str) -> None:
    with pytest.raises(UsageError, match=r"--pool: found tcp://.*, which is not encrypted; acc"):
        scheduler_address(pool_named(pool), PLAIN, "--pool")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{"address": "tcp://10.0.0.7:8786"}', "found tcp://10.0.0.7:8786, which is not encrypted"),
        ('{"address": "tls://10.0.0.7:8786"}', "which is not encrypted"),
        ("{}", "address: found None; accepted: the address of a scheduler"),
        ("{", "no JSON; accepted: the file of dask scheduler --scheduler-file"),
        (None, "No such file or directory"),
    ],
)
def test_a_schedulers_file_is_read_and_what_is_wrong_with_it_named(
    tmp_path: Path, written: str | None, said: str
) -> None:
    file = tmp_path / "scheduler.json"
    if written is not None:
        file.write_text(written)
    with pytest.raises(UsageError, match=said):
        scheduler_address(pool_named(f"dask:{file}"), PLAIN, "--pool")
    file.write_text(json.dumps({"address": "tcp://127.0.0.1:8786", "type": "Scheduler"}))
    found = scheduler_address(pool_named(f"dask:{file}"), PLAIN, "--pool")
    assert found == "tcp://127.0.0.1:8786"
