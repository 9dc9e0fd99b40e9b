"""What an installed but unused plugin costs."""

import gc
import json
import subprocess
import sys

import pytest

import pytest_selfrepair
from pytest_selfrepair.plugin.importing import importing
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation

LOADED = """
import json, sys
import pytest_selfrepair
print(json.dumps([name for name in sys.modules if name.startswith("pytest_selfrepair")]))
"""


def test_the_package_imports_nothing_of_itself() -> None:
    output = subprocess.run(
        [sys.executable, "-c", LOADED], check=True, capture_output=True, text=True
    ).stdout
    assert json.loads(output) == ["pytest_selfrepair"]


def test_an_unused_plugin_imports_no_room_and_no_library(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            loaded = {name for name in sys.modules if name.startswith("pytest_selfrepair")}
            assert loaded == {
                "pytest_selfrepair",
                "pytest_selfrepair.errors",
                "pytest_selfrepair.plugin",
                "pytest_selfrepair.plugin.hooks",
                "pytest_selfrepair.plugin.flag_values",
                "pytest_selfrepair.plugin.flags",
                "pytest_selfrepair.plugin.game_flags",
                "pytest_selfrepair.plugin.judge_flags",
                "pytest_selfrepair.plugin.model_flags",
                "pytest_selfrepair.plugin.report_flags",
                "pytest_selfrepair.plugin.run_flags",
                "pytest_selfrepair.plugin.sampling_flags",
                "pytest_selfrepair.plugin.hookspecs",
                "pytest_selfrepair.plugin.option",
                "pytest_selfrepair.plugin.options",
            }
            assert not {"openai", "numpy", "msgspec", "tiktoken", "xllamacpp"} & set(sys.modules)
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1)


COMMAND = """
import contextlib, json, sys
from pytest_selfrepair.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(None):
    main(sys.argv[1:])
print(json.dumps(list(sys.modules)))
"""


def loaded_by(*arguments: str) -> set[str]:
    """What the command imports to answer some arguments."""
    output = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments], check=True, capture_output=True, text=True
    ).stdout
    return set(json.loads(output))


def test_the_command_lists_its_subcommands_without_importing_any() -> None:
    loaded = loaded_by("--help")
    assert {name for name in loaded if name.startswith("pytest_selfrepair")} == {
        "pytest_selfrepair",
        "pytest_selfrepair.cli",
        "pytest_selfrepair.errors",
    }
    assert "asyncio" not in loaded


@pytest.mark.parametrize(
    ("subcommand", "others"),
    [
        ("judge", {"numpy", "jinja2", "tabulate", "openai", "pytest_selfrepair.annotate"}),
        ("runs", {"numpy", "jinja2", "openai", "pytest_selfrepair.sandbox"}),
        ("export", {"numpy", "jinja2", "openai", "pytest_selfrepair.sandbox"}),
        ("plot", {"matplotlib", "jinja2", "openai", "pytest_selfrepair.sandbox"}),
        ("table", {"matplotlib", "jinja2", "openai", "pytest_selfrepair.sandbox"}),
    ],
)
def test_a_subcommand_imports_what_it_needs_alone(subcommand: str, others: set[str]) -> None:
    loaded = loaded_by(subcommand, "--help")
    assert f"pytest_selfrepair.commands.{subcommand}" in loaded
    assert not loaded & others


def test_every_public_name_can_be_imported() -> None:
    for name in pytest_selfrepair.__all__:
        assert getattr(pytest_selfrepair, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = pytest_selfrepair.no_such_name


def test_the_collector_rests_while_modules_are_imported_and_leaves_the_rest_as_it_was() -> None:
    frozen = gc.get_freeze_count()
    with importing():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() <= frozen  # nothing was imported; what was frozen may go
    gc.disable()
    try:
        with importing():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_worker_reads_the_isolation_that_the_controller_has_found() -> None:
    found = find_isolation()
    assert Isolation.from_json(json.loads(json.dumps(found.as_json()))) == found
