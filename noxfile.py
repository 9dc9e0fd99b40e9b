"""CI in parts that can be run alone and take minutes each, such as `nox -s unit`; see `nox -l`."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "unit"]

TESTS = Path("tests")
PLUGIN = ["plugin", "commands", "api", "annotate", "view"]
OTHERS = {*PLUGIN, "sandbox", "pages", "support"}
UNIT = sorted({each.parent.name for each in TESTS.glob("*/test_*.py")} - OTHERS)


def _tests(session: nox.Session, *folders: str, flags: tuple[str, ...] = ()) -> None:
    session.install("-q", "-e", ".[test]")
    paths = (str(TESTS / each) for each in folders)
    session.run("pytest", "-n", "auto", "--dist", "worksteal", *flags, *paths, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check lint rules, format and import contracts."""
    session.install("-q", "-e", ".", "ruff>=0.9", "import-linter>=2.1")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of Python, and of the pages' scripts if npm is installed."""
    session.install("-q", "-e", ".[dev]")
    session.run("mypy")
    session.run("npm", "ci", "--no-audit", "--no-fund", "--prefix", "tools/pages", external=True)
    session.run("npm", "run", "--silent", "--prefix", "tools/pages", "check", external=True)


@nox.session
def unit(session: nox.Session) -> None:
    """Run the tests that need no whole sessions, browsers or sandboxes."""
    _tests(session, *UNIT)


@nox.session
def sandbox(session: nox.Session) -> None:
    """Run the tests of real sandboxes, with the hostile programs."""
    _tests(session, "sandbox")


@nox.session
def plugin(session: nox.Session) -> None:
    """Run the tests of whole pytest sessions and commands."""
    _tests(session, *PLUGIN)


@nox.session
def pages(session: nox.Session) -> None:
    """Run the tests of pages in Chromium, thorough ones included; skipped without Chromium."""
    _tests(session, "pages", flags=("-m", "not slow"))


@nox.session
def examples(session: nox.Session) -> None:
    """Replay the examples and the notebook, and check the types of the public names."""
    session.install("-q", "-e", ".[dev]")
    session.run("pytest", "-n", "2", "-m", "slow", *map(str, sorted(TESTS.glob("test_*.py"))))


@nox.session
def tasks(session: nox.Session) -> None:
    """Check the tasks of this repository against their references."""
    session.install("-q", "-e", ".")
    session.run("python", "-B", "tools/make_tasks.py", "--check")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into `site`; a warning is an error."""
    session.install("-q", "-e", ".[docs]")
    session.run("mkdocs", "build", "-q", "--strict", env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def slow(session: nox.Session) -> None:
    """Run the slow tests: kills at random moments, published verdicts, the embedded model."""
    session.install("-q", "-e", ".[test]")
    thorough = {"HYPOTHESIS_PROFILE": "thorough"}
    session.run("pytest", "-m", "slow or thorough", *session.posargs, env=thorough)


@nox.session
def wheel(session: nox.Session) -> None:
    """Run the tests on the built wheel, in a copy of this tree without `src`."""
    session.install("-q", "build")
    # Not session.create_tmp(): pytest would find this repository's pyproject.toml above its files.
    with TemporaryDirectory() as folder:
        session.run("python", "-m", "build", "-q", "--wheel", "--outdir", folder)
        [built] = Path(folder).glob("*.whl")
        # A reused environment may have another build of the same version.
        session.run("pip", "uninstall", "-q", "-y", "pytest-selfrepair")
        session.install("-q", f"{built}[test]")
        ignored = shutil.ignore_patterns("src", ".git", ".nox", ".venv", "node_modules")
        tree = shutil.copytree(".", Path(folder) / "tree", ignore=ignored)
        with session.chdir(tree):
            session.run("pytest", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
@nox.parametrize("pytest_version", ["8.4.0", "9.2.0"])
@nox.parametrize("xdist_version", ["3.7.0", "3.8.0"])
def oldest(session: nox.Session, pytest_version: str, xdist_version: str) -> None:
    """Test the plugin on the oldest and newest pytest and xdist that it supports."""
    session.install("-q", "-e", ".[test]")
    session.install("-q", f"pytest=={pytest_version}", f"pytest-xdist=={xdist_version}")
    session.run("pytest", "-n", "2", "tests/plugin/test_plugin.py", "tests/plugin/test_collect.py")
