"""The names of judge pools."""

import pytest

from pytest_selfrepair.core.pool_name import PoolKind, PoolName, pool_named


@pytest.mark.parametrize(
    ("text", "address", "file"),
    [
        ("dask", None, None),
        ("dask://scheduler:8786", "scheduler:8786", None),
        ("dask://[::1]:8786", "[::1]:8786", None),
        ("dask:scheduler.json", None, "scheduler.json"),
        ("dask:/shared/scheduler.json", None, "/shared/scheduler.json"),
    ],
)
def test_a_cluster_is_started_joined_or_found_by_a_file(
    text: str, address: str | None, file: str | None
) -> None:
    assert pool_named(text) == PoolName(kind=PoolKind.DASK, address=address, file=file)


def test_local_names_this_process() -> None:
    assert pool_named("local") == PoolName(kind=PoolKind.LOCAL)


@pytest.mark.parametrize(
    "text", ["", "ray", "dask:", "dask://", "dask://host", "dask://:8786", "local:1", "dask://h:x"]
)
def test_what_names_no_pool_is_refused_with_what_would(text: str) -> None:
    with pytest.raises(ValueError, match="local, dask"):
        pool_named(text)
