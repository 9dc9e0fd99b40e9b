"""The pages' scripts: typed by JSDoc, checked by TypeScript, and none hidden in a template."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from places import PACKAGE, ROOT
from pytest_selfrepair.report import comparison_html, document, html, templating

PAGES = ROOT / "tools/pages"
PROJECTS = ("report", "annotate", "view")
SOURCES = "../../src/pytest_selfrepair/"


def checked(project: str) -> set[Path]:
    """The files of the package that are checked together, since a page loads them together."""
    files = json.loads((PAGES / f"{project}.json").read_text(encoding="utf-8"))["files"]
    return {PACKAGE / name.removeprefix(SOURCES) for name in files if name.startswith(SOURCES)}


def test_every_script_of_our_own_is_checked() -> None:
    ours = {path for path in PACKAGE.rglob("*.js") if "vendor" not in path.parts}
    listed = set().union(*map(checked, PROJECTS))
    assert listed == ours
    assert "annotate" in {path.parent.parent.name for path in ours}


def test_templates_hold_no_script_of_their_own() -> None:
    found: list[str] = []
    for template in PACKAGE.rglob("templates/**/*.html"):
        for tag, body in re.findall(
            r"<script\b([^>]*)>(.*?)</script>", template.read_text(encoding="utf-8"), re.DOTALL
        ):
            data = 'type="application/json"' in tag or 'type="text/plain"' in tag
            file = "src=" in tag or body in {"{{ first }}", "{{ script }}"}
            found += [] if data or file else [f"{template.name}: {body[:80]}"]
    assert found == []


def test_the_compiler_is_pinned_without_the_name_of_a_registry() -> None:
    wanted = json.loads((PAGES / "package.json").read_text())["devDependencies"]["typescript"]
    lock = (PAGES / "package-lock.json").read_text()
    assert json.loads(lock)["packages"]["node_modules/typescript"]["version"] == wanted
    assert "resolved" not in lock
    assert "http" not in lock


@pytest.mark.parametrize("project", PROJECTS)
def test_the_types_of_the_scripts_agree(project: str) -> None:
    compiler = PAGES / "node_modules/typescript/bin/tsc"
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not (ROOT / "src").exists():
        pytest.skip("the package is installed, and its scripts are checked where they lie")
    if not compiler.exists():
        pytest.skip("TypeScript is not installed: npm ci --prefix tools/pages")
    done = subprocess.run(
        ["node", str(compiler), "-p", f"{project}.json"],  # noqa: S607 - found above
        cwd=PAGES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert done.returncode == 0


EXPORTED = re.compile(r"^export (?:async )?(?:const|function|let) (\w+)", re.MULTILINE)
IMPORTED = re.compile(r'^import \{ ([^}]*) \} from "\./([a-z]+)\.js";$', re.MULTILINE)
DECLARED = re.compile(r"^(?:async )?(?:const|function|let) (\w+)", re.MULTILINE)


@pytest.mark.parametrize("scripts", [html._SCRIPTS, comparison_html._SCRIPTS])  # noqa: SLF001 - ours
def test_modules_can_stand_in_a_page_one_after_the_other(scripts: tuple[str, ...]) -> None:
    exported: dict[str, set[str]] = {}
    names: list[str] = []
    for script in scripts:
        if script.startswith("vendor/"):
            continue
        for wanted, module in IMPORTED.findall(templating.asset(script)):
            assert set(wanted.split(", ")) <= exported[module]
        exported[Path(script).stem] = set(EXPORTED.findall(templating.asset(script)))
        inlined = document._inlined(script)  # noqa: SLF001 - what a page holds
        assert not re.search(r"^(?:import|export)\b", inlined, re.MULTILINE)
        names += DECLARED.findall(inlined)
    assert len(names) == len(set(names))
    assert "element" in names
