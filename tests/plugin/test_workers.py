"""Workers are processes of one host."""

from types import SimpleNamespace

import pytest

execnet = pytest.importorskip("execnet")

from pytest_selfrepair.plugin.workers import refuse_elsewhere  # noqa: E402 - needs execnet alone


def node(spec: str) -> SimpleNamespace:
    return SimpleNamespace(gateway=SimpleNamespace(spec=execnet.XSpec(spec)))


@pytest.mark.parametrize("spec", ["ssh=ann@other//python=python3", "socket=10.0.0.2:8888"])
def test_a_worker_on_another_host_is_refused_and_told_of_shards(spec: str) -> None:
    with pytest.raises(pytest.UsageError, match=r"--tx: found .*=.*--selfrepair-shard I/N"):
        refuse_elsewhere(node(spec))


def test_a_worker_of_this_host_is_taken() -> None:
    refuse_elsewhere(node("popen"))
