"""Have embedded models bargain with a rule, with and without advice, and write pages.

    python examples/bargaining/run.py             # from the recording beside this file: seconds
    python examples/bargaining/run.py --record    # sample what is not recorded

The embedded 1.5B sells to `rule:boulware`, with its own advice (`self`) and without (`none`); the
embedded 0.5B is the negative control. Two games of two scenarios only show that everything works.
The folder `bargaining` gets a page of each model's games, and `index.html`, which compares these
figures with the paper's.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from beside_paper import Played, page
from pytest_selfrepair.store import run_names

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RECORDING = HERE / "recording.jsonl"

SCENARIOS = ("bargain_tasks/wide/balloon", "bargain_tasks/wide/desk-lamp")
MODELS = ("local:1.5b", "local")
SHAPE = (
    *("-m", "seller", "--selfrepair-rival", "rule:boulware", "--selfrepair-games", "2"),
    *("--selfrepair-feedback", "self", "--selfrepair-feedback", "none"),
    *("--selfrepair-max-tokens", "96", "--selfrepair-feedback-max-tokens", "96"),
)


def main() -> int:
    """Play the games and write the pages; the exit status is 0 on success."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--record", action="store_true", help="ask for what is not recorded")
    parser.add_argument(
        "--out", type=Path, default=Path("bargaining"), help="a folder (default: bargaining)"
    )
    options = parser.parse_args()
    out: Path = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    store = out / "samples.sqlite"
    if RECORDING.exists():
        _do("-m", "pytest_selfrepair", "import", str(RECORDING), "--into", str(store))
    played, links = list[Played](), list[tuple[str, str]]()
    for model in MODELS:
        games = out / f"{model.replace(':', '-')}.html"
        status = _do(
            *("-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", f"--rootdir={ROOT}"),
            *(*SCENARIOS, "--selfrepair-model", model, *SHAPE),
            *("--selfrepair-replay", "auto" if options.record else "only"),
            *(f"--selfrepair-store={store}", f"--selfrepair-html={games}"),
        )
        if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:  # rules are broken
            return status
        print(f"\nthe games of {model}: {games}")
        played.append(Played.of(model, run_names.load(str(store))))
        links.append((f"the games of {model}", games.name))
    (out / "index.html").write_text(page(played, links), encoding="utf-8")
    print(f"beside the paper: {out / 'index.html'}")
    if options.record:
        exported = ("export", str(store), "--what", "samples", "-o", str(RECORDING))
        return _do("-m", "pytest_selfrepair", *exported)
    return 0


def _do(*command: str) -> int:
    return subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
