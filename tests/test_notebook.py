"""The notebook of the examples, executed as its readers do."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from places import ROOT

EXECUTE = "from nbclient.cli import main; main()"
"""`jupyter execute`, of this environment."""
OWN_FOLDERS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
"""What a user has set up in them changes nothing here."""


def said(notebook: Path) -> list[str]:
    """What the cells of a notebook have printed or shown as text, errors included."""
    cells: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    texts = [each.get("text") or each.get("data", {}).get("text/plain", "") for each in outputs]
    return ["".join(text) for text in texts]


@pytest.mark.slow  # CI replays the examples in a step of its own
def test_the_notebook_says_what_it_said_when_it_was_written(tmp_path: Path) -> None:
    """`jupyter execute --inplace --NotebookClient.record_timing=False` writes it anew."""
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples/paper").symlink_to(ROOT / "examples/paper")
    (tmp_path / "apps_tasks").symlink_to(ROOT / "apps_tasks")
    original, copy = ROOT / "examples/notebook.ipynb", tmp_path / "examples/notebook.ipynb"
    copy.write_bytes(original.read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, "--inplace", "--startup_timeout=240", str(copy)],
        env=os.environ | {name: str(tmp_path / name.lower()) for name in OWN_FOLDERS},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert said(copy) == said(original)
    assert len(said(original)) >= 5
