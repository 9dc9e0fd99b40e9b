"""Bytecode of the sandbox's modules: written once, made anew where it is stale, never believed."""

import os
import py_compile
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from pytest_selfrepair.sandbox.bytecode import write_bytecode


def bytecode_of(module: Path) -> Path:
    return Path(cache_from_source(str(module)))


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "module.py"
    path.write_text("ANSWER = 1\n")
    return path


def test_what_is_missing_or_stale_is_written_as_python_writes_it(module: Path) -> None:
    write_bytecode([module])
    expected = module.with_name("expected.pyc")
    py_compile.compile(str(module), cfile=str(expected))
    assert bytecode_of(module).read_bytes() == expected.read_bytes()
    os.utime(bytecode_of(module), (1, 1))
    write_bytecode([module])
    assert bytecode_of(module).stat().st_mtime == 1, "what is fresh is left alone"
    module.write_text("ANSWER = 22\n")
    write_bytecode([module])
    py_compile.compile(str(module), cfile=str(expected))
    assert bytecode_of(module).read_bytes() == expected.read_bytes()


def test_nothing_is_written_where_python_is_to_write_none(
    module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    write_bytecode([module])
    assert not bytecode_of(module).exists()


def test_a_module_that_cannot_be_compiled_or_read_stops_nothing(module: Path) -> None:
    module.write_text("ANSWER = (\n")
    write_bytecode([module, module.with_name("gone.py")])
    assert not bytecode_of(module).exists()
